using System.Globalization;
using MovieLms.Client;
using MovieLms.Web.Layout;

namespace MovieLms.Web.Grading;

/// <summary>The fields of an assignment as a form has them.</summary>
public sealed class AssignmentInput
{
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
            DueAt = UtcTimeInput.Format(assignment.DueAt),
            Version = assignment.Version.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>Returns the fields that were sent; null if no form was sent, or another one.</summary>
    internal static AssignmentInput? Read(HttpContext http, string formName) =>
        !http.HasSent(formName)
            ? null
            : new AssignmentInput
            {
                Title = http.GetField("title"),
                Description = http.GetField("description"),
                DueAt = http.GetField("dueAt"),
                Version = http.GetField("version"),
            };

    /// <summary>Returns the request, or a message if the due time is not one.</summary>
    internal (AssignmentRequest? Request, FormErrors Errors) ToRequest()
    {
        if (!UtcTimeInput.TryParse(DueAt, out var due))
            return (null, FormErrors.Create("dueAt", "Enter a date and a time such as 2027-01-22T17:00."));
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
