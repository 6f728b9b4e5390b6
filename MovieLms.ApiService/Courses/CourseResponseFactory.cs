using MovieLms.ApiService.Http;
using MovieLms.Data.Courses;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Courses;

/// <summary>Creates course responses with the names of the instructors, with one query per page.</summary>
internal sealed class CourseResponseFactory(UserStore users)
{
    internal async Task<IReadOnlyList<CourseResponse>> CreateAsync(
        IReadOnlyList<CourseDocument> courses,
        CancellationToken cancellationToken
    )
    {
        if (courses.Count == 0)
            return [];
        var names = await users.GetNamesAsync([.. courses.Select(course => course.OwnerId).Distinct()], cancellationToken);
        return [.. courses.Select(course => CourseResponse.From(course, names.GetValueOrDefault(course.OwnerId)))];
    }

    internal async Task<Versioned<CourseResponse>> CreateVersionedAsync(CourseDocument course, CancellationToken cancellationToken) =>
        new((await CreateAsync([course], cancellationToken))[0], course.Version);

    /// <summary>Returns the response for a new course. Not cancelable, because the course is already stored.</summary>
    internal async Task<CreatedVersioned<CourseResponse>> CreateCreatedAsync(CourseDocument course) =>
        new($"/api/courses/{course.Id}", (await CreateAsync([course], CancellationToken.None))[0], course.Version);
}
