using MongoDB.Bson;

namespace MovieLms.Data.Submissions;

/// <summary>What a student handed in for an assignment, as it is stored: one a student, with what it replaced.</summary>
public sealed record SubmissionDocument
{
    public ObjectId Id { get; init; }
    public required ObjectId AssignmentId { get; init; }

    /// <summary>The assignment's course, so that who may see it needs no look at the assignment.</summary>
    public required ObjectId CourseId { get; init; }
    public required ObjectId StudentId { get; init; }

    /// <summary>What counts.</summary>
    public required SubmittedWork Current { get; init; }

    /// <summary>
    /// What counted before, the latest last; at most <see cref="SubmissionLimits.History"/>, since one may hand in again only so often.
    /// </summary>
    public IReadOnlyList<SubmittedWork> History { get; init; } = [];

    /// <summary>0 to 100; null until it is graded.</summary>
    public double? Grade { get; init; }
    public string? Feedback { get; init; }
    public DateTimeOffset? GradedAt { get; init; }
    public ObjectId? GradedBy { get; init; }

    /// <summary>
    /// Who changed the grade from what to what, the latest last. Kept inside, because it is written in one write with the grade and
    /// read only with it; the last <see cref="SubmissionLimits.GradeChanges"/>.
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
/// <param name="Number">From 1.</param>
/// <param name="Text">At most <see cref="SubmissionLimits.Text"/> characters; null when there is only a file.</param>
/// <param name="FileId">The file in GridFS; null when there is only text.</param>
/// <param name="FileName">As the student calls it.</param>
/// <param name="FileSize">Bytes.</param>
/// <param name="SubmittedAt">When.</param>
/// <param name="IsLate">True when the due date of that time had passed.</param>
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
/// <param name="From">Null when there was none.</param>
/// <param name="To">0 to 100.</param>
/// <param name="FeedbackBefore">Null when there was none.</param>
/// <param name="By">Who graded, or uploaded the file.</param>
/// <param name="At">When.</param>
/// <param name="ImportId">The import it came from; null when it was given by hand.</param>
/// <param name="ImportRow">The row of that import.</param>
public sealed record GradeChange(
    double? From,
    double To,
    string? FeedbackBefore,
    ObjectId By,
    DateTimeOffset At,
    ObjectId? ImportId = null,
    long? ImportRow = null
);

/// <summary>A row of an import that grades.</summary>
public readonly record struct GradeSource(ObjectId ImportId, long Row);

/// <summary>The bounds of submissions.</summary>
public static class SubmissionLimits
{
    public const int Text = 50_000;
    public const int Feedback = 10_000;
    public const double HighestGrade = 100;

    /// <summary>How often one may hand in again: the texts stay in the one document, which may have 16 MB.</summary>
    public const int History = 50;
    public const int GradeChanges = 100;

    /// <summary>The largest file, in bytes.</summary>
    public const long File = 10 * 1024 * 1024;
}

/// <summary>The names of a stored submission's fields, for filters.</summary>
internal static class SubmissionFields
{
    internal const string Id = "_id";
    internal const string AssignmentId = "assignmentId";
    internal const string CourseId = "courseId";
    internal const string StudentId = "studentId";
    internal const string Grade = "grade";
    internal const string GradedAt = "gradedAt";
    internal const string Version = "version";
    internal const string CreatedAt = "createdAt";
    internal const string DeletedAt = "deletedAt";
    internal const string ArchivedAt = "archivedAt";
}
