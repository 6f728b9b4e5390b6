// The request is public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace MovieLms.ApiService.Analytics;

/// <summary>An ad-hoc aggregation pipeline.</summary>
public sealed record PipelineRequest
{
    [Required, StringLength(100)]
    [Description(
        "movies, reviews, favorites, users, courses, lectures, attendance, assignments, submissions, announcements, enrollments, todos or orders; of those with personal fields only the others exist."
    )]
    public string Collection { get; init; } = string.Empty;

    [Required]
    [Description("The stages, as in a MongoDB shell; dates and ids in extended JSON.")]
    public JsonElement Pipeline { get; init; }
}

/// <summary>What a pipeline gave.</summary>
internal sealed record PipelineResponse(
    [property: Description("Relaxed extended JSON, at most 1,000.")] IReadOnlyList<JsonElement> Documents,
    [property: Description("True when there were more.")] bool Truncated
);
