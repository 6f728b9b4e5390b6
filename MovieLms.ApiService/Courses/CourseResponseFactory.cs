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

    internal async Task<Versioned<CourseResponse>> CreateVersionedAsync(CourseDocument course, CancellationToken cancellationToken)
    {
        var response = (await CreateAsync([course], cancellationToken))[0];
        return new Versioned<CourseResponse>(response, CourseETags.Of(course, response.Instructor.Name));
    }

    /// <summary>Returns the response for a new course.</summary>
    internal async Task<CreatedVersioned<CourseResponse>> CreateCreatedAsync(CourseDocument course)
    {
        // Not cancelable, because the course is already stored.
        var response = (await CreateAsync([course], CancellationToken.None))[0];
        return new CreatedVersioned<CourseResponse>(
            $"/api/courses/{course.Id}",
            response,
            CourseETags.Of(course, response.Instructor.Name)
        );
    }
}
