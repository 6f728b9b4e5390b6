using MongoDB.Bson;
using MovieLms.Data.Todos;

namespace MovieLms.Data.Dashboards;

/// <summary>What one user's start page is made of, but for chat.</summary>
/// <param name="Courses">The open courses that the user takes, enrolled last first, then those that they own, by title.</param>
/// <param name="Lectures">The next lectures of those courses, the next first; at most <see cref="DashboardLimits.Items"/>.</param>
/// <param name="Assignments">What the user has not handed in, overdue since <see cref="DashboardLimits.OverdueDays"/> days at most, the
/// first due first.</param>
/// <param name="Grades">The user's newest grades.</param>
/// <param name="ToGrade">Assignments of the user's own courses with work that waits for a grade, the most first.</param>
/// <param name="Todos">Open to-dos, the first due first.</param>
/// <param name="OpenTodos">How many are open.</param>
/// <param name="OverdueTodos">How many of those are past their due date.</param>
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
/// <param name="Id">The course.</param>
/// <param name="Title">Its title.</param>
/// <param name="IsOwned">True for the instructor's own.</param>
/// <param name="Grade">The student's grade, 0 to 100; null without one.</param>
public sealed record DashboardCourse(ObjectId Id, string Title, bool IsOwned, double? Grade);

/// <summary>A lecture that is still to begin.</summary>
public sealed record DashboardLecture(
    ObjectId Id,
    ObjectId CourseId,
    string CourseTitle,
    string Title,
    DateTimeOffset StartsAt,
    int? DurationMinutes
);

/// <summary>An assignment that the student has not handed in.</summary>
public sealed record DashboardAssignment(
    ObjectId Id,
    ObjectId CourseId,
    string CourseTitle,
    string Title,
    DateTimeOffset DueAt,
    bool IsOverdue
);

/// <summary>A grade of the student's work, 0 to 100.</summary>
/// <param name="SubmissionId">The work.</param>
/// <param name="AssignmentTitle">Null when the assignment is gone.</param>
/// <param name="CourseId">The course.</param>
/// <param name="CourseTitle">Null when the course is gone.</param>
/// <param name="Grade">The grade.</param>
/// <param name="GradedAt">When.</param>
public sealed record DashboardGrade(
    ObjectId SubmissionId,
    string? AssignmentTitle,
    ObjectId CourseId,
    string? CourseTitle,
    double Grade,
    DateTimeOffset GradedAt
);

/// <summary>Work of an assignment that waits for a grade.</summary>
/// <param name="AssignmentId">The assignment.</param>
/// <param name="Title">Its title.</param>
/// <param name="CourseId">The course.</param>
/// <param name="CourseTitle">Its title.</param>
/// <param name="Waiting">How many students' work.</param>
public sealed record DashboardWork(ObjectId AssignmentId, string Title, ObjectId CourseId, string CourseTitle, int Waiting);

/// <summary>The bounds of a start page.</summary>
public static class DashboardLimits
{
    /// <summary>Most courses of each kind.</summary>
    public const int Courses = 50;

    /// <summary>Most of everything else.</summary>
    public const int Items = 10;

    /// <summary>How long an assignment is shown after its due date.</summary>
    public const int OverdueDays = 14;

    /// <summary>Most submissions of a student that are left out of what is due, and most ungraded ones that are counted.</summary>
    public const int Submissions = 10_000;
}
