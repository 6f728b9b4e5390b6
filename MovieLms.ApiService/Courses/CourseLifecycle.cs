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

/// <summary>Deletes, archives and restores courses with everything that belongs to them.</summary>
internal static class CourseLifecycle
{
    private const string ResourceName = "course";
    private const string Conflict = "The course conflicts with an existing course.";

    internal static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        [Description("The course's ID")] string id,
        [FromHeader(Name = "If-Match"), Description("Delete only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        CourseStore courses,
        CascadeOperations cascades,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(id, out var courseId)
            || await courses.GetManagedAsync(courseId, caller.CourseAccess(), cancellationToken) is null
        )
        {
            return Problems.NotFound(ResourceName);
        }

        var status = await cascades.DeleteAsync(
            CourseEntity.Name,
            courseId,
            caller.GetObjectId(),
            ETags.Versions(ifMatch),
            cancellationToken
        );
        if (status != WriteStatus.Done)
            return Problems.FromStatus(status, ResourceName, Conflict);
        return TypedResults.NoContent();
    }

    internal static async Task<Results<Versioned<CourseResponse>, ProblemHttpResult>> ArchiveAsync(
        [Description("The course's ID")] string id,
        [FromHeader(Name = "If-Match"), Description("Archive only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        CourseStore courses,
        CascadeOperations cascades,
        CourseResponseFactory responses,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(id, out var courseId)
            || await courses.GetManagedAsync(courseId, caller.CourseAccess(), cancellationToken) is null
        )
        {
            return Problems.NotFound(ResourceName);
        }

        var status = await cascades.ArchiveAsync(
            CourseEntity.Name,
            courseId,
            caller.GetObjectId(),
            ETags.Versions(ifMatch),
            cancellationToken
        );
        if (status != WriteStatus.Done)
            return Problems.FromStatus(status, ResourceName, Conflict);
        return await GetResponseAsync(courses, courseId, responses);
    }

    internal static async Task<Results<Versioned<CourseResponse>, ProblemHttpResult>> RestoreAsync(
        [Description("The course's ID")] string id,
        ClaimsPrincipal caller,
        CourseStore courses,
        CascadeOperations cascades,
        CourseResponseFactory responses,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(id, out var courseId)
            || !await courses.ManagesDeletedAsync(courseId, caller.CourseAccess(), cancellationToken)
        )
        {
            return Problems.NotFound(ResourceName);
        }

        var status = await cascades.RestoreAsync(CourseEntity.Name, courseId, caller.GetObjectId(), cancellationToken);
        if (status != WriteStatus.Done)
            return Problems.FromStatus(status, ResourceName, Conflict);
        return await GetResponseAsync(courses, courseId, responses);
    }

    /// <summary>Returns the course after the write. Not cancelable, because the write is already stored.</summary>
    private static async Task<Results<Versioned<CourseResponse>, ProblemHttpResult>> GetResponseAsync(
        CourseStore courses,
        ObjectId id,
        CourseResponseFactory responses
    ) =>
        await courses.GetAsync(id, CancellationToken.None) is { } course
            ? await responses.CreateVersionedAsync(course, CancellationToken.None)
            : Problems.NotFound(ResourceName);
}
