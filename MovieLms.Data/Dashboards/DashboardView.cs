using MongoDB.Bson;
using MovieLms.Data.Todos;

namespace MovieLms.Data.Dashboards;

/// <summary>The contents of a user's start page, except chat.</summary>
/// <param name="Courses">The courses that the user takes, latest enrollment first, then the courses that they own, by title.</param>
/// <param name="Lectures">Lectures of those courses that have not ended, earliest start first; at most <see cref="DashboardLimits.Items"/>.</param>
/// <param name="Assignments">
/// Assignments that the user has not submitted, earliest due date first; at most <see cref="DashboardLimits.OverdueDays"/> days overdue.
/// </param>
/// <param name="Grades">The user's latest grades, newest first.</param>
/// <param name="ToGrade">Assignments of the user's own courses with ungraded submissions, most submissions first.</param>
/// <param name="Todos">Open to-dos, earliest due date first.</param>
/// <param name="OpenTodos">Number of open to-dos.</param>
/// <param name="OverdueTodos">Number of open to-dos that are past their due date.</param>
public sealed record DashboardView(
    IReadOnlyList<DashboardCourse> Courses,
    IReadOnlyList<DashboardLecture> Lectures,
    IReadOnlyList<DashboardAssignment> Assignments,
    IReadOnlyList<DashboardGrade> Grades,
    IReadOnlyList<DashboardWork> ToGrade,
    IReadOnlyList<TodoDocument> Todos,
    long OpenTodos,
    long OverdueTodos
);

/// <summary>A course that the user takes or owns.</summary>
/// <param name="IsOwned">True when the user owns the course.</param>
/// <param name="Grade">The student's grade, 0 to 100; null when there is none.</param>
public sealed record DashboardCourse(ObjectId Id, string Title, bool IsOwned, double? Grade);

/// <summary>A lecture that has not ended.</summary>
public sealed record DashboardLecture(
    ObjectId Id,
    ObjectId CourseId,
    string CourseTitle,
    string Title,
    DateTimeOffset StartsAt,
    int? DurationMinutes
);

/// <summary>An assignment that the student has not submitted.</summary>
public sealed record DashboardAssignment(
    ObjectId Id,
    ObjectId CourseId,
    string CourseTitle,
    string Title,
    DateTimeOffset DueAt,
    bool IsOverdue
);

/// <summary>A graded submission of the student.</summary>
/// <param name="AssignmentTitle">Null when the assignment was deleted.</param>
/// <param name="CourseTitle">Null when the course was deleted.</param>
/// <param name="Grade">0 to 100.</param>
public sealed record DashboardGrade(
    ObjectId SubmissionId,
    string? AssignmentTitle,
    ObjectId CourseId,
    string? CourseTitle,
    double Grade,
    DateTimeOffset GradedAt
);

/// <summary>An assignment with ungraded submissions.</summary>
/// <param name="Waiting">Number of ungraded submissions.</param>
public sealed record DashboardWork(ObjectId AssignmentId, string Title, ObjectId CourseId, string CourseTitle, int Waiting);

/// <summary>The limits of a start page.</summary>
public static class DashboardLimits
{
    /// <summary>Maximum number of courses of each kind.</summary>
    public const int Courses = 50;

    /// <summary>Maximum number of entries in each other list.</summary>
    public const int Items = 10;

    /// <summary>Number of days for which an assignment is shown after its due date.</summary>
    public const int OverdueDays = 14;

    /// <summary>
    /// Maximum number of a student's submissions that are excluded from the due assignments, and of ungraded submissions that are counted.
    /// </summary>
    public const int Submissions = 10_000;
}
