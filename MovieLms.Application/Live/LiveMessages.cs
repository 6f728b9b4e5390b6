namespace MovieLms.Application.Live;

/// <summary>An order has another status; for its customer's open connections.</summary>
/// <param name="OrderId">24 hexadecimal digits.</param>
/// <param name="CustomerId">The user to tell.</param>
/// <param name="OrderNumber">As people read it.</param>
/// <param name="Item">What was ordered.</param>
/// <param name="Status"><c>pending</c>, <c>paid</c>, <c>delivered</c> or <c>cancelled</c>.</param>
/// <param name="ChangedAt">When.</param>
public sealed record OrderChangedMessage(
    string OrderId,
    string CustomerId,
    string OrderNumber,
    string Item,
    string Status,
    DateTimeOffset ChangedAt
);

/// <summary>A stored notification, for its user's open connections.</summary>
/// <param name="Id">Of the stored one, 24 hexadecimal digits.</param>
/// <param name="UserId">The user to tell.</param>
/// <param name="Kind">What it is about: <c>grade</c>, <c>enrollment</c>, <c>announcement</c>, <c>order</c> …</param>
/// <param name="Title">One line.</param>
/// <param name="Text">A few sentences; plain text.</param>
/// <param name="Link">A path of this product, or null.</param>
/// <param name="CreatedAt">When.</param>
public sealed record NotificationMessage(
    string Id,
    string UserId,
    string Kind,
    string Title,
    string Text,
    string? Link,
    DateTimeOffset CreatedAt
);

/// <summary>A user may no longer be in a room: withdrawn from its course, for one.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Room"><c>course:{id}</c>.</param>
public sealed record AccessLostMessage(string UserId, string Room);

/// <summary>A room was deleted or archived with its course: everybody is out.</summary>
/// <param name="Room"><c>course:{id}</c>.</param>
public sealed record RoomClosedMessage(string Room);
