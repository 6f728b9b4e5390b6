using MongoDB.Bson;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Submissions;
using MovieLms.Data.Todos;

namespace MovieLms.Data.Dashboards;

/// <summary>Reads a start page: three rounds of queries, those of a round at once, however many courses there are.</summary>
public sealed class DashboardReader(
    DashboardQueries queries,
    EnrollmentLists enrollments,
    CourseLists courses,
    TodoLists todos,
    TimeProvider time
)
{
    private static readonly TodoSort ByDueDate = TodoSort.All.First(sort => sort.Name == "dueDate");

    /// <summary>A user's start page.</summary>
    /// <param name="access">The user. Courses that the user owns are shown if the role allows managing them.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    public async Task<DashboardView> ReadAsync(CourseAccess access, CancellationToken cancellationToken)
    {
        var userId = access.UserId;
        var now = time.GetUtcNow();
        var enrolled = enrollments.ListAsync(
            new EnrollmentFilter(userId, Status: EnrollmentStatus.Active),
            null,
            DashboardLimits.Courses,
            cancellationToken
        );
        var owning = courses.ListOwnedAsync(access, DashboardLimits.Courses, cancellationToken);
        var handingIn = queries.HandedInAsync(userId, cancellationToken);
        var grading = queries.GradedAsync(userId, DashboardLimits.Items, cancellationToken);
        var doing = todos.ListAsync(userId, new TodoFilter(Done: false), ByDueDate, null, DashboardLimits.Items, cancellationToken);
        var open = todos.CountOpenAsync(userId, null, cancellationToken);
        var overdue = todos.CountOpenAsync(userId, now, cancellationToken);
        await Task.WhenAll(enrolled, owning, handingIn, grading, doing, open, overdue);

        var graded = await grading;
        var (named, gradedTitles) = (
            queries.CoursesAsync(
                [.. (await enrolled).Items.Select(one => one.CourseId), .. graded.Select(one => one.CourseId)],
                cancellationToken
            ),
            queries.AssignmentTitlesAsync([.. graded.Select(one => one.AssignmentId)], cancellationToken)
        );
        await Task.WhenAll(named, gradedTitles);

        var (known, gradedNames) = (await named, await gradedTitles);
        var owned = await owning;
        var taken = (await enrolled).Items.Where(one => known.TryGetValue(one.CourseId, out var course) && course.IsPublished).ToList();
        var titles = taken.ToDictionary(one => one.CourseId, one => known[one.CourseId].Title);
        foreach (var course in owned)
            titles[course.Id] = course.Title;
        var lectures = queries.LecturesAsync(titles.Keys, now, DashboardLimits.Items, cancellationToken);
        var due = queries.DueAsync(
            [.. taken.Select(one => one.CourseId)],
            await handingIn,
            now.AddDays(-DashboardLimits.OverdueDays),
            DashboardLimits.Items,
            cancellationToken
        );
        var waiting = queries.WaitingAsync([.. owned.Select(course => course.Id)], DashboardLimits.Items, cancellationToken);
        await Task.WhenAll(lectures, due, waiting);

        return new DashboardView(
            [
                .. taken.Select(one => new DashboardCourse(one.CourseId, known[one.CourseId].Title, false, one.Grade)),
                .. owned.Select(course => new DashboardCourse(course.Id, course.Title, true, null)),
            ],
            [
                .. (await lectures).Select(one => new DashboardLecture(
                    one.Id,
                    one.CourseId,
                    titles[one.CourseId],
                    one.Title,
                    one.StartsAt!.Value,
                    one.DurationMinutes
                )),
            ],
            [
                .. (await due).Select(one => new DashboardAssignment(
                    one.Id,
                    one.CourseId,
                    titles[one.CourseId],
                    one.Title,
                    one.DueAt!.Value,
                    one.DueAt < now
                )),
            ],
            [.. graded.Select(one => Grade(one, gradedNames, known))],
            [
                .. (await waiting).Select(one => new DashboardWork(
                    one.AssignmentId,
                    one.Title,
                    one.CourseId,
                    titles[one.CourseId],
                    one.Count
                )),
            ],
            (await doing).Items,
            await open,
            await overdue
        );
    }

    private static DashboardGrade Grade(
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
