namespace MovieLms.Web.Layout;

/// <summary>The messages of a rejected form. Each field shows its own, and <see cref="ProblemNotice"/> all of them.</summary>
/// <param name="problem">The API's problem; null before the form was sent.</param>
public sealed class FormErrors(ApiProblem? problem = null)
{
    /// <summary>The API's problem; null if there is none.</summary>
    public ApiProblem? Problem => problem;

    /// <summary>Returns the messages of a failed request: <c>catch (Exception e) when (ApiProblem.IsFailure(e))</c>.</summary>
    public static FormErrors From(Exception exception) => new(ApiProblem.From(exception));

    /// <summary>Returns a message of the page itself.</summary>
    public static FormErrors Create(string field, string message) =>
        new(
            new ApiProblem(
                StatusCodes.Status400BadRequest,
                "Check the form",
                Detail: null,
                new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase) { [field] = [message] },
                TraceId: null
            )
        );

    /// <summary>Returns the messages with those of one field under another name: a request's body may be a file of the form.</summary>
    public FormErrors Rename(string field, string name) =>
        problem is null
            ? this
            : new FormErrors(
                problem with
                {
                    Errors = problem.Errors.ToDictionary(
                        error => string.Equals(error.Key, field, StringComparison.OrdinalIgnoreCase) ? name : error.Key,
                        error => error.Value,
                        StringComparer.OrdinalIgnoreCase
                    ),
                }
            );

    /// <summary>Returns the messages of a field, named as in the API.</summary>
    public IReadOnlyList<string> Of(string field) => problem?.Errors.GetValueOrDefault(field) ?? [];
}
