using MongoDB.Bson;
using MovieLms.Data.Enrollments;

namespace MovieLms.Data.Gradebooks;

/// <summary>The columns of a gradebook, which are the same on each page.</summary>
/// <param name="Assignments">In the order of their creation, up to <see cref="GradebookLimits.Assignments"/>.</param>
/// <param name="Lectures">The number of lectures of the course.</param>
public sealed record GradebookColumns(IReadOnlyList<GradebookColumn> Assignments, int Lectures);

/// <summary>An assignment with the totals of the enrolled students' submissions.</summary>
/// <param name="Submitted">Number of students who submitted.</param>
/// <param name="Late">Number of those whose current submission is late.</param>
/// <param name="Graded">Number of graded submissions.</param>
/// <param name="AverageGrade">Mean of the grades; null without one.</param>
public sealed record GradebookColumn(
    ObjectId Id,
    string Title,
    DateTimeOffset? DueAt,
    int Submitted,
    int Late,
    int Graded,
    double? AverageGrade
);

/// <summary>An enrolled student with their submissions.</summary>
public sealed record GradebookRow
{
    public ObjectId EnrollmentId { get; init; }
    public ObjectId StudentId { get; init; }

    /// <summary>Null when the account is gone.</summary>
    public string? Name { get; init; }

    /// <summary>Null when the account is gone.</summary>
    public string? Email { get; init; }
    public EnrollmentStatus Status { get; init; }

    /// <summary>Grade for the course, 0 to 100; null without one.</summary>
    public double? Grade { get; init; }

    /// <summary>The submissions for assignments that are not deleted, in no particular order.</summary>
    public IReadOnlyList<GradebookCell> Submissions { get; init; } = [];

    /// <summary>Number of lectures that the student attended.</summary>
    public int Attended { get; init; }

    /// <summary>Returns the mean of the grades; null without one.</summary>
    public double? GetAverageGrade() => Submissions.Average(submission => submission.Grade);

    /// <summary>Returns the number of late submissions.</summary>
    public int CountLate() => Submissions.Count(submission => submission.IsLate);
}

/// <summary>The submission of a student for an assignment.</summary>
public sealed record GradebookCell
{
    public ObjectId Id { get; init; }
    public ObjectId AssignmentId { get; init; }

    /// <summary>0 to 100; null while it is not graded.</summary>
    public double? Grade { get; init; }
    public DateTimeOffset SubmittedAt { get; init; }
    public bool IsLate { get; init; }
}

/// <summary>The limits of a gradebook.</summary>
public static class GradebookLimits
{
    /// <summary>Maximum number of assignments.</summary>
    public const int Assignments = 500;
}
