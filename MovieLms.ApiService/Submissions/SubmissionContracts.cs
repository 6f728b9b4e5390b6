// Requests are public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MongoDB.Bson;
using MovieLms.ApiService.Http;
using MovieLms.Data.Submissions;

namespace MovieLms.ApiService.Submissions;

/// <summary>A submission as its student and the course's staff see it.</summary>
internal sealed record SubmissionResponse(
    string Id,
    string AssignmentId,
    string CourseId,
    string StudentId,
    [property: Description("Null when the account is gone.")] string? StudentName,
    WorkResponse Current,
    [property: Description("What was handed in before, the latest last.")] IReadOnlyList<WorkResponse> History,
    double? Grade,
    string? Feedback,
    DateTimeOffset? GradedAt,
    [property: Description("Who changed the grade from what to what; only for staff, else empty.")]
        IReadOnlyList<GradeChangeResponse> GradeChanges,
    [property: Description(ETags.VersionDescription)] long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    internal static SubmissionResponse From(SubmissionDocument submission, bool isStaff, IReadOnlyDictionary<ObjectId, string> names) =>
        new(
            submission.Id.ToString(),
            submission.AssignmentId.ToString(),
            submission.CourseId.ToString(),
            submission.StudentId.ToString(),
            names.GetValueOrDefault(submission.StudentId),
            WorkResponse.From(submission.Current),
            [.. submission.History.Select(WorkResponse.From)],
            submission.Grade,
            submission.Feedback,
            submission.GradedAt,
            isStaff
                ?
                [
                    .. submission.GradeChanges.Select(change => new GradeChangeResponse(
                        change.From,
                        change.To,
                        change.FeedbackBefore,
                        change.By.ToString(),
                        names.GetValueOrDefault(change.By),
                        change.At,
                        change.ImportId?.ToString()
                    )),
                ]
                : [],
            submission.Version,
            submission.CreatedAt,
            submission.UpdatedAt
        );
}

/// <summary>One time of handing in.</summary>
internal sealed record WorkResponse(int Number, string? Text, string? FileName, long? FileSize, DateTimeOffset SubmittedAt, bool IsLate)
{
    internal static WorkResponse From(SubmittedWork work) =>
        new(work.Number, work.Text, work.FileName, work.FileSize, work.SubmittedAt, work.IsLate);
}

/// <summary>A change of a grade.</summary>
internal sealed record GradeChangeResponse(
    double? From,
    double To,
    string? FeedbackBefore,
    string By,
    [property: Description("Null when the account is gone.")] string? ByName,
    DateTimeOffset At,
    [property: Description("The import it came from; null when it was given by hand.")] string? ImportId
);

/// <summary>What a submission is worth.</summary>
public sealed record GradeRequest
{
    [Required, Range(0, SubmissionLimits.MaxGrade)]
    public double? Grade { get; init; }

    [StringLength(SubmissionLimits.Feedback), PlainText(AllowsLines = true)]
    public string? Feedback { get; init; }
}
