// Requests are public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MongoDB.Bson;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Announcements;
using MovieLms.Data.Announcements;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Paging;

namespace MovieLms.ApiService.Announcements;

/// <summary>Something to tell a course's students.</summary>
public sealed record AnnouncementRequest(
    [property: Required, StringLength(AnnouncementLimits.Title), PlainText] string Title,
    [property: Required, StringLength(AnnouncementLimits.Text), PlainText(AllowsLines = true)] string Text
);

/// <summary>An announcement as clients see it.</summary>
internal sealed record AnnouncementResponse(
    string Id,
    string CourseId,
    string AuthorId,
    string Title,
    string Text,
    DateTimeOffset CreatedAt
)
{
    internal static AnnouncementResponse From(AnnouncementDocument announcement) =>
        new(
            announcement.Id.ToString(),
            announcement.CourseId.ToString(),
            announcement.AuthorId.ToString(),
            announcement.Title,
            announcement.Text,
            announcement.CreatedAt
        );
}

/// <summary>Announcements of a course's staff. Each student is notified, and receives an e-mail if they opted in.</summary>
internal static class AnnouncementEndpoints
{
    internal static void MapAnnouncements(this IEndpointRouteBuilder routes)
    {
        var announcements = routes.MapArea("/api/courses/{id}/announcements", "Announcements");
        announcements
            .MapGet("/", ListAsync)
            .RequirePermission(Permissions.SignedIn)
            .ForbidsNonMembers()
            .WithName("listAnnouncements")
            .WithExport<AnnouncementResponse>("announcements")
            .WithSummary("List announcements of a course")
            .WithDescription("Newest first, for students and managers of the course.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        announcements
            .MapGet("/{announcementId}", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .ForbidsNonMembers()
            .WithName("getAnnouncement")
            .WithSummary("Get an announcement")
            .WithDescription("For students and managers of the course.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        announcements
            .MapPost("/", CreateAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("createAnnouncement")
            .WithSummary("Announce to a course")
            .WithDescription("Notifies every student of the course and mails those who want announcements by mail.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<Page<AnnouncementResponse>>, ProblemHttpResult>> ListAsync(
        [Description("The course's ID")] string id,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        CourseStore courses,
        EnrollmentStore enrollments,
        AnnouncementStore announcements,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(AnnouncementStore.Sort, key => key.IsValidDateTime);
        var size = page.GetSize();
        if (!Problems.TryParseId(id, out var courseId) || !await CanReadAsync(courseId, caller, courses, enrollments, cancellationToken))
            return Problems.NotFound("course");
        var found = await announcements.ListAsync(courseId, position, size, cancellationToken);
        return TypedResults.Ok(found.Select(AnnouncementResponse.From));
    }

    private static async Task<Results<Ok<AnnouncementResponse>, ProblemHttpResult>> GetAsync(
        [Description("The course's ID")] string id,
        [Description("The announcement's ID")] string announcementId,
        ClaimsPrincipal caller,
        CourseStore courses,
        EnrollmentStore enrollments,
        AnnouncementStore announcements,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(id, out var courseId)
            || !Problems.TryParseId(announcementId, out var announcement)
            || !await CanReadAsync(courseId, caller, courses, enrollments, cancellationToken)
            || await announcements.GetAsync(courseId, announcement, cancellationToken) is not { } found
        )
        {
            return Problems.NotFound("announcement");
        }

        return TypedResults.Ok(AnnouncementResponse.From(found));
    }

    private static async Task<Results<Created<AnnouncementResponse>, ProblemHttpResult>> CreateAsync(
        [Description("The course's ID")] string id,
        AnnouncementRequest body,
        HttpContext http,
        CourseStore courses,
        AnnouncementStore announcements,
        AnnouncementDelivery delivery,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(id, out var courseId)
            || await courses.GetManagedAsync(courseId, http.User.CourseAccess(), cancellationToken) is not { } course
        )
        {
            return Problems.NotFound("course");
        }

        if (course.ArchivedAt is not null)
            return Problems.ReadOnly();
        var stored = await announcements.AddAsync(
            http.ReservedId(),
            courseId,
            http.User.GetObjectId(),
            body.Title.Trim(),
            body.Text.Trim(),
            cancellationToken
        );
        // If this process stops halfway, the Worker completes the delivery.
        await delivery.DeliverAsync(stored, CancellationToken.None);
        return TypedResults.Created($"/api/courses/{courseId}/announcements/{stored.Id}", AnnouncementResponse.From(stored));
    }

    private static async Task<bool> CanReadAsync(
        ObjectId courseId,
        ClaimsPrincipal caller,
        CourseStore courses,
        EnrollmentStore enrollments,
        CancellationToken cancellationToken
    ) =>
        await courses.GetAsync(courseId, cancellationToken) is { } course
        && (caller.CourseAccess().Manages(course) || await enrollments.IsActiveAsync(courseId, caller.GetObjectId(), cancellationToken));
}
