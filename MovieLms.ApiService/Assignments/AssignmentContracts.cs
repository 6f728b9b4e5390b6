// Requests are public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MovieLms.ApiService.Http;
using MovieLms.Data.Assignments;

namespace MovieLms.ApiService.Assignments;

/// <summary>An assignment as clients see it.</summary>
internal sealed record AssignmentResponse(
    string Id,
    string CourseId,
    string Title,
    string? Description,
    DateTimeOffset? DueAt,
    [property: Description(ETags.VersionDescription)] long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    internal static AssignmentResponse From(AssignmentDocument assignment) =>
        new(
            assignment.Id.ToString(),
            assignment.CourseId.ToString(),
            assignment.Title,
            assignment.Description,
            assignment.DueAt,
            assignment.Version,
            assignment.CreatedAt,
            assignment.UpdatedAt
        );
}

/// <summary>A new assignment, or one to replace another with.</summary>
public sealed record AssignmentRequest
{
    [Required, StringLength(AssignmentLimits.Title), PlainText]
    public string Title { get; init; } = string.Empty;

    [StringLength(AssignmentLimits.Description), PlainText(AllowsLines = true)]
    public string? Description { get; init; }

    [Description("What is handed in later is marked late; never by default.")]
    public DateTimeOffset? DueAt { get; init; }

    internal AssignmentDetails ToDetails() =>
        new(
            Title.Trim(),
            string.IsNullOrWhiteSpace(Description) ? null : Description.Trim(),
            DueAt is { } due ? DateTimeOffset.FromUnixTimeMilliseconds(due.ToUnixTimeMilliseconds()) : null
        );
}
