using System.Globalization;
using System.Text.Json;
using MovieLms.Client;
using HttpValidationProblemDetails = MovieLms.Client.HttpValidationProblemDetails;

namespace MovieLms.Web.Layout;

/// <summary>A failure of the API, as shown to a visitor.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What failed, without a period.</param>
/// <param name="Detail">What the visitor can do.</param>
/// <param name="Errors">Messages by the name of the JSON field.</param>
/// <param name="TraceId">Identifies the request in logs.</param>
public sealed record ApiProblem(
    int Status,
    string Title,
    string? Detail,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Errors,
    string? TraceId
)
{
    private static readonly Dictionary<string, IReadOnlyList<string>> NoErrors = [];

    /// <summary>The problem of an API that does not respond.</summary>
    internal static ApiProblem Unavailable { get; } =
        new(503, "MovieLms is not available right now", "Try again in a few seconds.", NoErrors, TraceId: null);

    /// <summary>Returns whether an exception of <see cref="Session.ConsoleApi"/> is the API's failure, and not a programming error.</summary>
    public static bool IsFailure(Exception exception) => exception is ApiException or HttpRequestException;

    /// <summary>Returns the problem of a failed request: <c>catch (Exception e) when (ApiProblem.IsFailure(e))</c>.</summary>
    public static ApiProblem From(Exception exception) =>
        exception switch
        {
            ApiException<HttpValidationProblemDetails> { Result: { } invalid } e => new(
                e.StatusCode,
                invalid.Title ?? GetTitle(e.StatusCode),
                invalid.Detail,
                ToErrors(invalid.Errors),
                invalid.TraceId
            ),
            ApiException<ProblemDetails> { Result: { } problem } e => new(
                e.StatusCode,
                problem.Title ?? GetTitle(e.StatusCode),
                problem.Detail,
                ReadErrors(problem.AdditionalProperties),
                problem.TraceId
            ),
            ApiException e => Parse(e),
            _ => Unavailable,
        };

    private static ApiProblem Parse(ApiException exception)
    {
        try
        {
            if (JsonSerializer.Deserialize<HttpValidationProblemDetails>(exception.Response ?? "null") is { } problem)
            {
                return new(
                    exception.StatusCode,
                    problem.Title ?? GetTitle(exception.StatusCode),
                    problem.Detail,
                    ToErrors(problem.Errors),
                    problem.TraceId
                );
            }
        }
        catch (JsonException)
        {
            // A response of another program, such as a proxy.
        }
        return new(exception.StatusCode, GetTitle(exception.StatusCode), null, NoErrors, TraceId: null);
    }

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> ToErrors(IDictionary<string, IReadOnlyList<string>>? errors) =>
        errors is null ? NoErrors : new Dictionary<string, IReadOnlyList<string>>(errors, StringComparer.OrdinalIgnoreCase);

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> ReadErrors(IDictionary<string, object>? members) =>
        members?.TryGetValue("errors", out var value) == true && value is JsonElement { ValueKind: JsonValueKind.Object } errors
            ? ToErrors(errors.Deserialize<Dictionary<string, IReadOnlyList<string>>>())
            : NoErrors;

    private static string GetTitle(int status) =>
        status switch
        {
            401 => "Sign in to continue",
            403 => "You may not do this",
            404 => "Not found",
            412 => "Somebody else has changed this in the meantime",
            413 => "This is too large",
            429 => "Too many requests",
            >= 500 => "MovieLms is not available right now",
            _ => string.Create(CultureInfo.InvariantCulture, $"The request failed ({status})"),
        };
}
