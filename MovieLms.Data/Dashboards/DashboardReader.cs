using MongoDB.Bson;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Submissions;
using MovieLms.Data.Todos;

namespace MovieLms.Data.Dashboards;

/// <summary>Reads a start page in three rounds of concurrent queries, regardless of the number of courses.</summary>
public sealed class DashboardReader(
    DashboardQueries queries,
    EnrollmentLists enrollments,
    CourseLists courses,
    TodoLists todos,
    TimeProvider time
)
{
    private static readonly TodoSort ByDueDate = TodoSort.All.First(sort => sort.Name == "dueDate");

    /// <summary>Returns a user's start page. Courses that the user owns are included if the role allows managing them.</summary>
    public async Task<DashboardView> ReadAsync(CourseAccess access, CancellationToken cancellationToken)
    {
        var userId = access.UserId;
        var now = time.GetUtcNow();
        var enrolledTask = enrollments.ListAsync(
            new EnrollmentFilter(userId, Status: EnrollmentStatus.Active),
            null,
            DashboardLimits.Courses,
            cancellationToken
        );
        var ownedTask = courses.ListOwnedAsync(access, DashboardLimits.Courses, cancellationToken);
        var submittedTask = queries.ListSubmittedAsync(userId, cancellationToken);
        var gradedTask = queries.ListGradedAsync(userId, DashboardLimits.Items, cancellationToken);
        var todosTask = todos.ListAsync(userId, new TodoFilter(Done: false), ByDueDate, null, DashboardLimits.Items, cancellationToken);
        var openTask = todos.CountOpenAsync(userId, null, cancellationToken);
        var overdueTask = todos.CountOpenAsync(userId, now, cancellationToken);
        await Task.WhenAll(enrolledTask, ownedTask, submittedTask, gradedTask, todosTask, openTask, overdueTask);

        var enrolled = (await enrolledTask).Items;
        var owned = await ownedTask;
        var graded = await gradedTask;
        var coursesTask = queries.GetCoursesAsync(
            [.. enrolled.Select(item => item.CourseId), .. graded.Select(item => item.CourseId)],
            cancellationToken
        );
        var assignmentsTask = queries.GetAssignmentTitlesAsync([.. graded.Select(item => item.AssignmentId)], cancellationToken);
        await Task.WhenAll(coursesTask, assignmentsTask);

        var known = await coursesTask;
        var assignmentTitles = await assignmentsTask;
        var taken = enrolled.Where(item => known.TryGetValue(item.CourseId, out var course) && course.IsPublished).ToList();
        var titles = taken.ToDictionary(item => item.CourseId, item => known[item.CourseId].Title);
        foreach (var course in owned)
            titles[course.Id] = course.Title;
        var lecturesTask = queries.ListUpcomingLecturesAsync(titles.Keys, now, DashboardLimits.Items, cancellationToken);
        var dueTask = queries.ListDueAsync(
            [.. taken.Select(item => item.CourseId)],
            await submittedTask,
            now.AddDays(-DashboardLimits.OverdueDays),
            DashboardLimits.Items,
            cancellationToken
        );
        var ungradedTask = queries.CountUngradedAsync([.. owned.Select(course => course.Id)], DashboardLimits.Items, cancellationToken);
        await Task.WhenAll(lecturesTask, dueTask, ungradedTask);

        return new DashboardView(
            [
                .. taken.Select(item => new DashboardCourse(item.CourseId, known[item.CourseId].Title, false, item.Grade)),
                .. owned.Select(course => new DashboardCourse(course.Id, course.Title, true, null)),
            ],
            [
                .. (await lecturesTask).Select(item => new DashboardLecture(
                    item.Id,
                    item.CourseId,
                    titles[item.CourseId],
                    item.Title,
                    item.StartsAt!.Value,
                    item.DurationMinutes
                )),
            ],
            [
                .. (await dueTask).Select(item => new DashboardAssignment(
                    item.Id,
                    item.CourseId,
                    titles[item.CourseId],
                    item.Title,
                    item.DueAt!.Value,
                    item.DueAt < now
                )),
            ],
            [.. graded.Select(item => ToGrade(item, assignmentTitles, known))],
            [
                .. (await ungradedTask).Select(item => new DashboardWork(
                    item.AssignmentId,
                    item.Title,
                    item.CourseId,
                    titles[item.CourseId],
                    item.Count
                )),
            ],
            (await todosTask).Items,
            await openTask,
            await overdueTask
        );
    }

    private static DashboardGrade ToGrade(
        SubmissionDocument graded,
        IReadOnlyDictionary<ObjectId, string> assignments,
        IReadOnlyDictionary<ObjectId, (string Title, bool IsPublished)> courses
    ) =>
        new(
            graded.Id,
            assignments.GetValueOrDefault(graded.AssignmentId),
            graded.CourseId,
            courses.GetValueOrDefault(graded.CourseId).Title,
            graded.Grade!.Value,
            graded.GradedAt!.Value
        );
}
