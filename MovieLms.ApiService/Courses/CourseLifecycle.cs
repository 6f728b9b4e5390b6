using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.ApiService.Http;
using MovieLms.Application.Cascades;
using MovieLms.Data.Courses;
using MovieLms.Data.Storage;

namespace MovieLms.ApiService.Courses;

/// <summary>Deletes, archives and restores courses with all that belongs to them; whoever follows cascades closes their rooms.</summary>
internal static class CourseLifecycle
{
    private const string What = "course";
    private const string Nothing = "Nothing stands against it.";

    internal static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        [Description("The course's id")] string id,
        [FromHeader(Name = "If-Match"), Description("Delete only this version, an ETag that an answer carried")] string? ifMatch,
        ClaimsPrincipal caller,
        CourseStore courses,
        CascadeOperations cascades,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryId(id, out var courseId)
            || await courses.GetManagedAsync(courseId, caller.CourseAccess(), cancellationToken) is null
        )
        {
            return Problems.NotFound(What);
        }

        var status = await cascades.DeleteAsync(
            CourseEntity.Name,
            courseId,
            caller.ObjectId(),
            CourseTags.Versions(ifMatch),
            cancellationToken
        );
        if (status != WriteStatus.Done)
            return Problems.Of(status, What, Nothing);
        return TypedResults.NoContent();
    }

    internal static async Task<Results<Versioned<CourseResponse>, ProblemHttpResult>> ArchiveAsync(
        [Description("The course's id")] string id,
        [FromHeader(Name = "If-Match"), Description("Archive only this version, an ETag that an answer carried")] string? ifMatch,
        ClaimsPrincipal caller,
        CourseStore courses,
        CascadeOperations cascades,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryId(id, out var courseId)
            || await courses.GetManagedAsync(courseId, caller.CourseAccess(), cancellationToken) is null
        )
        {
            return Problems.NotFound(What);
        }

        var status = await cascades.ArchiveAsync(
            CourseEntity.Name,
            courseId,
            caller.ObjectId(),
            CourseTags.Versions(ifMatch),
            cancellationToken
        );
        if (status != WriteStatus.Done)
            return Problems.Of(status, What, Nothing);
        return await ShownAsync(courses, courseId);
    }

    internal static async Task<Results<Versioned<CourseResponse>, ProblemHttpResult>> RestoreAsync(
        [Description("The course's id")] string id,
        ClaimsPrincipal caller,
        CourseStore courses,
        CascadeOperations cascades,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryId(id, out var courseId) || !await courses.ManagesDeletedAsync(courseId, caller.CourseAccess(), cancellationToken))
            return Problems.NotFound(What);
        var status = await cascades.RestoreAsync(CourseEntity.Name, courseId, caller.ObjectId(), cancellationToken);
        if (status != WriteStatus.Done)
            return Problems.Of(status, What, Nothing);
        return await ShownAsync(courses, courseId);
    }

    /// <summary>The course as it stands after the write, which nothing cancels any more.</summary>
    private static async Task<Results<Versioned<CourseResponse>, ProblemHttpResult>> ShownAsync(CourseStore courses, ObjectId id) =>
        await courses.GetAsync(id, CancellationToken.None) is { } course
            ? new Versioned<CourseResponse>(CourseResponse.From(course), CourseTags.Of(course))
            : Problems.NotFound(What);
}
