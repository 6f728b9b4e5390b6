// The request is public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Notifications;
using MovieLms.Data.Paging;

namespace MovieLms.ApiService.Notifications;

/// <summary>What a user was told.</summary>
/// <param name="Kind"><c>grade</c>, <c>enrollment</c>, <c>announcement</c>, <c>order</c> …</param>
/// <param name="Link">A path of this product, or null.</param>
/// <param name="ReadAt">Null while it is unread.</param>
internal sealed record NotificationResponse(
    string Id,
    [property: Choices("announcement", "course", "enrollment", "grade", "order")] string Kind,
    string Title,
    string Text,
    string? Link,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ReadAt
)
{
    internal static NotificationResponse From(NotificationDocument notification) =>
        new(
            notification.Id.ToString(),
            notification.Kind,
            notification.Title,
            notification.Text,
            notification.Link,
            notification.CreatedAt,
            notification.ReadAt
        );
}

/// <summary>Which notifications to mark as read.</summary>
public sealed record ReadNotificationsRequest(
    [property: Description("Only notifications up to this time, inclusive; null or no body for all.")] DateTimeOffset? UpTo
);

/// <summary>The result of marking notifications as read.</summary>
internal sealed record ReadNotificationsResponse([property: Description("How many of them were unread.")] long Read);

/// <summary>The caller's stored notifications. The hub delivers new ones to open connections.</summary>
internal static class NotificationEndpoints
{
    internal static void MapNotifications(this IEndpointRouteBuilder routes)
    {
        var notifications = routes.MapArea("/api/notifications", "Notifications").RequirePermission(Permissions.SignedIn);
        notifications
            .MapGet("/", ListAsync)
            .WithName("listNotifications")
            .WithExport<NotificationResponse>("notifications")
            .WithSummary("List the caller's notifications")
            .WithDescription("Newest first. Notifications expire after 180 days.")
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        notifications
            .MapPost("/read", ReadAllAsync)
            .WithName("readNotifications")
            .WithSummary("Mark notifications as read")
            .WithDescription(
                "All unread notifications of the caller. Send the time of the newest notification that the user has seen as `upTo`, so "
                    + "that later ones stay unread. Repeating it changes nothing."
            )
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        notifications
            .MapPost("/{id}/read", ReadAsync)
            .WithName("readNotification")
            .WithSummary("Mark a notification as read")
            .WithDescription("Repeating it changes nothing.")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<Page<NotificationResponse>>> ListAsync(
        [FromQuery(Name = "unread"), Description("True for the unread ones only.")] bool? unread,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        HttpContext http,
        NotificationStore notifications,
        CancellationToken cancellationToken
    )
    {
        var found = await notifications.ListAsync(
            caller.GetObjectId(),
            unread is true,
            page.GetPosition(NotificationStore.Sort, key => key.IsBsonNull),
            page.GetSize(),
            cancellationToken
        );
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(found.Select(NotificationResponse.From));
    }

    private static async Task<Ok<ReadNotificationsResponse>> ReadAllAsync(
        ReadNotificationsRequest? body,
        ClaimsPrincipal caller,
        NotificationStore notifications,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            new ReadNotificationsResponse(await notifications.MarkAllReadAsync(caller.GetObjectId(), body?.UpTo, cancellationToken))
        );

    private static async Task<Results<Ok<NotificationResponse>, ProblemHttpResult>> ReadAsync(
        [Description("The notification's ID")] string id,
        ClaimsPrincipal caller,
        NotificationStore notifications,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(id, out var notificationId)
            || await notifications.MarkReadAsync(caller.GetObjectId(), notificationId, cancellationToken) is not { } read
        )
        {
            return Problems.NotFound("notification");
        }

        return TypedResults.Ok(NotificationResponse.From(read));
    }
}
