using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.Application.Access;
using MovieLms.Application.Live;
using MovieLms.Data.Courses;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Courses;

/// <summary>Transfers courses between owners, such as when an owner left or may no longer manage courses.</summary>
internal static class CourseOwnership
{
    private const string ResourceName = "course";

    internal static async Task<Results<Versioned<CourseResponse>, ProblemHttpResult>> TransferAsync(
        [Description("The course's ID")] string id,
        CourseOwnerRequest body,
        [FromHeader(Name = "If-Match"), Description("Transfer only this version, an `ETag` of an earlier response.")] string? ifMatch,
        CourseStore courses,
        UserStore users,
        Notifier notifier,
        AuditLog audit,
        CourseResponseFactory responses,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var courseId))
            return Problems.NotFound(ResourceName);
        var versions = ETags.Versions(ifMatch);
        var ownerId =
            QueryValues.ParseId("ownerId", body.OwnerId)
            ?? throw new InvalidInputException("ownerId", "The owner ID must have 24 hexadecimal digits.");
        if (
            await users.FindAsync(ownerId, cancellationToken) is not { ArchivedAt: null } owner
            || !Permissions.IsGranted(owner.Role, Permissions.CoursesWrite)
        )
        {
            throw new InvalidInputException("ownerId", "The owner must be an instructor or an administrator who is not archived.");
        }

        var (status, change) = await courses.TransferAsync(courseId, ownerId, versions, cancellationToken);
        if (change is null)
            return Problems.FromStatus(status, ResourceName, string.Empty);

        // The transfer is stored, so the rest must follow even if the client has disconnected.
        var (course, previous) = (change.Course, change.PreviousOwnerId);
        await audit.WriteAsync(AuditActions.CourseOwner, true, ownerId, $"{courseId}: {previous} → {ownerId}");
        await notifier.NotifyAsync(
            [ownerId],
            "course",
            $"You now manage {course.Title}",
            $"An administrator made you the owner of the course {course.Title}.",
            $"/api/courses/{courseId}",
            $"course:{courseId}:owner:{course.Version}",
            CancellationToken.None
        );
        return await responses.CreateVersionedAsync(course, CancellationToken.None);
    }
}
