using System.ComponentModel;
using MovieLms.ApiService.Rooms;
using MovieLms.ApiService.Todos;
using MovieLms.Data.Chat;
using MovieLms.Data.Dashboards;
using MovieLms.Data.Lectures;

namespace MovieLms.ApiService.Dashboards;

/// <summary>The caller's start page.</summary>
internal sealed record DashboardResponse(
    [property: Description("The open courses that the caller takes, enrolled last first, then those that they own, by title.")]
        IReadOnlyList<DashboardCourseDto> Courses,
    [property: Description("The lectures of those courses that have not ended, the next first; at most 10.")]
        IReadOnlyList<DashboardLectureDto> NextLectures,
    [property: Description("What the caller has not handed in, the first due first; overdue since 14 days at most. At most 10.")]
        IReadOnlyList<DashboardAssignmentDto> AssignmentsDue,
    [property: Description("The caller's newest grades; at most 10.")] IReadOnlyList<DashboardGradeDto> Grades,
    [property: Description(
        "For instructors: assignments of their own courses with work that waits for a grade, the most first; at most 10."
    )]
        IReadOnlyList<DashboardWorkDto> ToGrade,
    DashboardTodosDto Todos,
    DashboardUnreadDto Unread
)
{
    internal static DashboardResponse From(DashboardView view, IReadOnlyList<RoomView> rooms)
    {
        var unread = rooms.Where(room => room.Unread > 0).ToList();
        return new DashboardResponse(
            [.. view.Courses.Select(course => new DashboardCourseDto(course.Id.ToString(), course.Title, course.IsOwned, course.Grade))],
            [
                .. view.Lectures.Select(lecture => new DashboardLectureDto(
                    lecture.Id.ToString(),
                    lecture.CourseId.ToString(),
                    lecture.CourseTitle,
                    lecture.Title,
                    lecture.StartsAt,
                    lecture.DurationMinutes,
                    AttendanceWindow.Of(lecture.StartsAt, lecture.DurationMinutes)!.Value.Until
                )),
            ],
            [
                .. view.Assignments.Select(assignment => new DashboardAssignmentDto(
                    assignment.Id.ToString(),
                    assignment.CourseId.ToString(),
                    assignment.CourseTitle,
                    assignment.Title,
                    assignment.DueAt,
                    assignment.IsOverdue
                )),
            ],
            [
                .. view.Grades.Select(grade => new DashboardGradeDto(
                    grade.SubmissionId.ToString(),
                    grade.AssignmentTitle,
                    grade.CourseId.ToString(),
                    grade.CourseTitle,
                    grade.Grade,
                    grade.GradedAt
                )),
            ],
            [
                .. view.ToGrade.Select(work => new DashboardWorkDto(
                    work.AssignmentId.ToString(),
                    work.Title,
                    work.CourseId.ToString(),
                    work.CourseTitle,
                    work.Waiting
                )),
            ],
            new DashboardTodosDto(view.OpenTodos, view.OverdueTodos, [.. view.Todos.Select(TodoResponse.From)]),
            new DashboardUnreadDto(
                unread.Sum(room => room.Unread),
                [.. unread.OrderByDescending(room => room.LastMessageAt).Take(DashboardLimits.Items).Select(RoomResponse.From)]
            )
        );
    }
}

/// <summary>A course on a start page.</summary>
internal sealed record DashboardCourseDto(
    string Id,
    string Title,
    [property: Description("True for a course that the caller owns, false for one that they take.")] bool Owned,
    [property: Description("The student's grade, 0 to 100; null without one.")] double? Grade
);

/// <summary>A lecture that has not ended.</summary>
internal sealed record DashboardLectureDto(
    string Id,
    string CourseId,
    string CourseTitle,
    string Title,
    [property: Description("From then on students can mark their attendance.")] DateTimeOffset StartsAt,
    int? DurationMinutes,
    [property: Description("Until when students can mark their attendance.")] DateTimeOffset AttendableUntil
);

/// <summary>An assignment that is not handed in.</summary>
internal sealed record DashboardAssignmentDto(
    string Id,
    string CourseId,
    string CourseTitle,
    string Title,
    DateTimeOffset DueAt,
    bool Overdue
);

/// <summary>A grade of the caller's work.</summary>
internal sealed record DashboardGradeDto(
    string SubmissionId,
    [property: Description("Null when the assignment is gone.")] string? AssignmentTitle,
    string CourseId,
    [property: Description("Null when the course is gone.")] string? CourseTitle,
    double Grade,
    DateTimeOffset GradedAt
);

/// <summary>Work that waits for a grade.</summary>
internal sealed record DashboardWorkDto(
    string AssignmentId,
    string Title,
    string CourseId,
    string CourseTitle,
    [property: Description("How many students' work.")] int Waiting
);

/// <summary>To-dos on a start page.</summary>
internal sealed record DashboardTodosDto(
    [property: Description("How many are open.")] long Open,
    [property: Description("How many of those are past their due date.")] long Overdue,
    [property: Description("Open ones, the first due first; at most 10.")] IReadOnlyList<TodoResponse> Next
);

/// <summary>Unread messages on a start page.</summary>
internal sealed record DashboardUnreadDto(
    [property: Description("In all rooms together.")] int Total,
    [property: Description("Rooms with unread messages, written to last first; at most 10.")] IReadOnlyList<RoomResponse> Rooms
);
