using System.Globalization;
using MovieLms.Client;
using MovieLms.Web.Layout;

namespace MovieLms.Web.Grading;

/// <summary>The fields of an assignment as a form has them.</summary>
public sealed class AssignmentInput
{
    /// <summary>The format of an input of type <c>datetime-local</c>.</summary>
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm";
    private static readonly string[] TimeFormats = [TimeFormat, "yyyy-MM-dd'T'HH:mm:ss"];

    public string? Title { get; set; }

    public string? Description { get; set; }

    /// <summary>The due time in UTC; a script converts it from the visitor's time zone.</summary>
    public string? DueAt { get; set; }

    /// <summary>The version that the form shows; null for a new assignment.</summary>
    public string? Version { get; set; }

    /// <summary>Returns the fields of an assignment.</summary>
    public static AssignmentInput From(AssignmentResponse assignment) =>
        new()
        {
            Title = assignment.Title,
            Description = assignment.Description,
            DueAt = assignment.DueAt?.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
            Version = assignment.Version.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>Returns the fields that were sent; null if no form was sent, or another one.</summary>
    internal static AssignmentInput? Read(HttpRequest request, string formName)
    {
        if (!HttpMethods.IsPost(request.Method) || !request.HasFormContentType || request.Form["_handler"] != formName)
            return null;
        var form = request.Form;
        return new AssignmentInput
        {
            Title = form["title"],
            Description = form["description"],
            DueAt = form["dueAt"],
            Version = form["version"],
        };
    }

    /// <summary>Returns the request, or a message if the due time is not one.</summary>
    internal (AssignmentRequest? Request, FormErrors Errors) ToRequest()
    {
        DateTimeOffset? due = null;
        if (!string.IsNullOrWhiteSpace(DueAt))
        {
            const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            if (!DateTimeOffset.TryParseExact(DueAt, TimeFormats, CultureInfo.InvariantCulture, Utc, out var parsed))
                return (null, FormErrors.Create("dueAt", "Enter a date and a time such as 2027-01-22T17:00."));
            due = parsed;
        }
        var description = string.IsNullOrWhiteSpace(Description) ? null : Description;
        return (
            new AssignmentRequest
            {
                Title = Title ?? "",
                Description = description,
                DueAt = due,
            },
            new FormErrors()
        );
    }
}
