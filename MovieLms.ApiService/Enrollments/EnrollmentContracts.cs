// Requests are public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MovieLms.ApiService.Http;
using MovieLms.Data.Enrollments;

namespace MovieLms.ApiService.Enrollments;

/// <summary>An enrollment as its student and the course's managers see it.</summary>
internal sealed record EnrollmentResponse(
    string Id,
    string CourseId,
    [property: Description("Null when the course is gone.")] string? CourseTitle,
    string StudentId,
    [property: Description("Null when the account is gone.")] string? StudentName,
    EnrollmentStatus Status,
    [property: Description("0 to 100; null while there is none.")] double? Grade,
    [property: Description(ETags.VersionDescription)] long Version,
    DateTimeOffset EnrolledAt,
    DateTimeOffset? CompletedAt,
    DateTimeOffset? WithdrawnAt
)
{
    internal static EnrollmentResponse From(EnrollmentDocument enrollment, string? courseTitle, string? studentName) =>
        new(
            enrollment.Id.ToString(),
            enrollment.CourseId.ToString(),
            courseTitle,
            enrollment.StudentId.ToString(),
            studentName,
            enrollment.Status,
            enrollment.Grade,
            enrollment.Version,
            enrollment.EnrolledAt,
            enrollment.CompletedAt,
            enrollment.WithdrawnAt
        );
}

/// <summary>A wish to take part in a course.</summary>
public sealed record EnrollRequest(
    [property: Required] string CourseId,
    [property: Description("The caller by default; somebody else for those who manage the course.")] string? StudentId
);

/// <summary>A change of an enrollment; what is absent stays.</summary>
public sealed record ChangeEnrollmentRequest(
    [property: Description("active, completed, or withdrawn.")] EnrollmentStatus? Status,
    [property: Range(0, 100), Description("0 to 100.")] double? Grade
);
