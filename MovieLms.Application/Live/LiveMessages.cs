namespace MovieLms.Application.Live;

/// <summary>An order's new status, for its customer's open connections.</summary>
/// <param name="OrderId">24 hexadecimal digits.</param>
/// <param name="CustomerId">The user to notify.</param>
/// <param name="OrderNumber">The number that customers see.</param>
/// <param name="Item">The title of the ordered item.</param>
/// <param name="Status"><c>pending</c>, <c>paid</c>, <c>delivered</c> or <c>cancelled</c>.</param>
/// <param name="ChangedAt">The time of the change.</param>
public sealed record OrderChangedMessage(
    string OrderId,
    string CustomerId,
    string OrderNumber,
    string Item,
    string Status,
    DateTimeOffset ChangedAt
);

/// <summary>A stored notification, for its user's open connections.</summary>
/// <param name="Id">The stored notification's ID, 24 hexadecimal digits.</param>
/// <param name="UserId">The user to notify.</param>
/// <param name="Kind">The subject: <c>grade</c>, <c>enrollment</c>, <c>announcement</c>, <c>order</c>, …</param>
/// <param name="Title">One line.</param>
/// <param name="Text">A few sentences of plain text.</param>
/// <param name="Link">An API path, or null.</param>
/// <param name="CreatedAt">The time it was stored.</param>
public sealed record NotificationMessage(
    string Id,
    string UserId,
    string Kind,
    string Title,
    string Text,
    string? Link,
    DateTimeOffset CreatedAt
);

/// <summary>A user's loss of access to a room, for example after withdrawing from its course.</summary>
/// <param name="UserId">The user to remove.</param>
/// <param name="Room"><c>course:{id}</c>.</param>
public sealed record AccessLostMessage(string UserId, string Room);

/// <summary>The closing of a room whose course was deleted or archived. All members are removed.</summary>
/// <param name="Room"><c>course:{id}</c>.</param>
public sealed record RoomClosedMessage(string Room);
