using MongoDB.Bson;

namespace MovieLms.Data.Submissions;

/// <summary>A submission for an assignment as it is stored: one per student, with its earlier versions.</summary>
public sealed record SubmissionDocument
{
    public ObjectId Id { get; init; }
    public required ObjectId AssignmentId { get; init; }

    /// <summary>The assignment's course, so that access checks need not read the assignment.</summary>
    public required ObjectId CourseId { get; init; }
    public required ObjectId StudentId { get; init; }

    /// <summary>The current work.</summary>
    public required SubmittedWork Current { get; init; }

    /// <summary>
    /// The replaced works, the latest last; up to <see cref="SubmissionLimits.History"/>, which limits resubmissions.
    /// </summary>
    public IReadOnlyList<SubmittedWork> History { get; init; } = [];

    /// <summary>The grade from 0 to 100; null until graded.</summary>
    public double? Grade { get; init; }
    public string? Feedback { get; init; }
    public DateTimeOffset? GradedAt { get; init; }
    public ObjectId? GradedBy { get; init; }

    /// <summary>
    /// The last <see cref="SubmissionLimits.GradeChanges"/> changes of the grade, the latest last. Embedded because they are written
    /// together with the grade and read only with it.
    /// </summary>
    public IReadOnlyList<GradeChange> GradeChanges { get; init; } = [];
    public long Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The cascade that deleted it.</summary>
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The cascade that archived it.</summary>
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>One time of handing in.</summary>
/// <param name="Number">The number of the attempt, starting at 1.</param>
/// <param name="Text">Up to <see cref="SubmissionLimits.Text"/> characters; null if there is only a file.</param>
/// <param name="FileId">The file in GridFS; null if there is only text.</param>
/// <param name="FileName">The name of the uploaded file.</param>
/// <param name="FileSize">The size in bytes.</param>
/// <param name="SubmittedAt">When it was submitted.</param>
/// <param name="IsLate">True if it was submitted after the due date at that time.</param>
public sealed record SubmittedWork(
    int Number,
    string? Text,
    ObjectId? FileId,
    string? FileName,
    long? FileSize,
    DateTimeOffset SubmittedAt,
    bool IsLate
);

/// <summary>A change of a grade.</summary>
/// <param name="From">The previous grade, or null.</param>
/// <param name="To">0 to 100.</param>
/// <param name="FeedbackBefore">The previous feedback, or null.</param>
/// <param name="By">The user who graded or uploaded the file.</param>
/// <param name="At">When it changed.</param>
/// <param name="ImportId">The import it came from; null when it was given by hand.</param>
/// <param name="ImportRow">The row of the import.</param>
public sealed record GradeChange(
    double? From,
    double To,
    string? FeedbackBefore,
    ObjectId By,
    DateTimeOffset At,
    ObjectId? ImportId = null,
    long? ImportRow = null
);

/// <summary>The row of an import that sets a grade.</summary>
public readonly record struct GradeSource(ObjectId ImportId, long Row);

/// <summary>The limits of submissions.</summary>
public static class SubmissionLimits
{
    public const int Text = 50_000;
    public const int Feedback = 10_000;
    public const double MaxGrade = 100;

    /// <summary>Maximum number of resubmissions. All texts are stored in one document, which is limited to 16 MB.</summary>
    public const int History = 50;
    public const int GradeChanges = 100;

    /// <summary>Maximum size of a file in bytes.</summary>
    public const long File = 10 * 1024 * 1024;
}

/// <summary>The field names of a stored submission, for filters.</summary>
internal static class SubmissionFields
{
    internal const string Id = "_id";
    internal const string AssignmentId = "assignmentId";
    internal const string CourseId = "courseId";
    internal const string StudentId = "studentId";
    internal const string Grade = "grade";
    internal const string GradedAt = "gradedAt";
    internal const string IsLate = "current.isLate";
    internal const string Version = "version";
    internal const string CreatedAt = "createdAt";
    internal const string DeletedAt = "deletedAt";
    internal const string ArchivedAt = "archivedAt";
}
