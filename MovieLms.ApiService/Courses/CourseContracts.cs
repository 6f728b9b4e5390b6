// Requests are public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MovieLms.ApiService.Http;
using MovieLms.Data.Courses;

namespace MovieLms.ApiService.Courses;

/// <summary>A course as clients see it.</summary>
internal sealed record CourseResponse(
    string Id,
    string Title,
    string? Description,
    [property: Description("0 is free.")] decimal Price,
    [property: Description("ISO 4217.")] string Currency,
    [property: Description("Most places; null for no bound.")] int? Capacity,
    CourseStatus Status,
    [property: Description("The instructor who manages it.")] string OwnerId,
    CourseInstructor Instructor,
    [property: Description("Places taken.")] int ActiveEnrollments,
    [property: Description(ETags.VersionDescription)] long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    [property: Description("Since when it is read-only; null while it is not.")] DateTimeOffset? ArchivedAt
) : ISharedResource
{
    internal static CourseResponse From(CourseDocument course, string? instructor) =>
        new(
            course.Id.ToString(),
            course.Title,
            course.Description,
            course.Price,
            course.Currency,
            course.Capacity,
            course.Status,
            course.OwnerId.ToString(),
            new CourseInstructor(course.OwnerId.ToString(), instructor),
            course.ActiveEnrollments,
            course.Version,
            course.CreatedAt,
            course.UpdatedAt,
            course.ArchivedAt
        );
}

/// <summary>The instructor who manages a course.</summary>
internal sealed record CourseInstructor(
    string Id,
    [property: Description("As others see it; null when the account is gone.")] string? Name
);

/// <summary>A course to add, or to replace another's details with. The caller who creates it becomes its owner.</summary>
public sealed record CourseRequest
{
    [Required, StringLength(CourseLimits.Title), PlainText]
    public string Title { get; init; } = string.Empty;

    [StringLength(CourseLimits.Description), PlainText(AllowsLines = true)]
    public string? Description { get; init; }

    [Range(0, CourseLimits.Price), TwoDecimals]
    [Description("0 (free) by default; at most two decimals.")]
    public decimal Price { get; init; }

    [RegularExpression("^[A-Z]{3}$", ErrorMessage = "The currency must be a three-letter ISO 4217 code in capitals, such as EUR.")]
    [Description("ISO 4217; USD by default.")]
    public string? Currency { get; init; }

    [Range(1, CourseLimits.Capacity)]
    [Description("Most places; no bound by default.")]
    public int? Capacity { get; init; }

    [Description("draft (only its managers see it) by default, or published.")]
    public CourseStatus Status { get; init; }

    internal CourseDetails ToDetails() =>
        new(Title.Trim(), string.IsNullOrWhiteSpace(Description) ? null : Description.Trim(), Price, Currency ?? "USD", Capacity, Status);
}

/// <summary>The new owner of a course.</summary>
public sealed record CourseOwnerRequest([property: Required, Description("The ID of an instructor or an administrator.")] string OwnerId);

/// <summary>Validates that an amount of money has at most two decimal places.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class TwoDecimalsAttribute() : ValidationAttribute("The amount must have at most two decimal places.")
{
    public override bool IsValid(object? value) => value is not decimal amount || decimal.Round(amount, 2) == amount;
}
