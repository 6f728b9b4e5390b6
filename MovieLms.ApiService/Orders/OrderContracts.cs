// Requests are public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MovieLms.ApiService.Http;
using MovieLms.Data.Orders;

namespace MovieLms.ApiService.Orders;

/// <summary>An order as clients see it.</summary>
internal sealed record OrderResponse(
    string Id,
    [property: Description("As people read it; unique.")] string OrderNumber,
    string CustomerId,
    string CustomerName,
    string CourseId,
    [property: Description("The course's title when it was ordered.")] string Item,
    int Quantity,
    decimal UnitPrice,
    decimal Amount,
    [property: Description("ISO 4217.")] string Currency,
    OrderStatus Status,
    IReadOnlyList<OrderChangeResponse> History,
    [property: Description(ETags.VersionDescription)] long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    internal static OrderResponse From(OrderDocument order) =>
        new(
            order.Id.ToString(),
            order.Number,
            order.CustomerId.ToString(),
            order.CustomerName,
            order.CourseId.ToString(),
            order.Item,
            order.Quantity,
            order.UnitPrice,
            order.Amount,
            order.Currency,
            order.Status,
            [.. order.History.Select(change => new OrderChangeResponse(change.Status, change.At))],
            order.Version,
            order.CreatedAt,
            order.UpdatedAt
        );
}

/// <summary>A status that an order took.</summary>
internal sealed record OrderChangeResponse(OrderStatus Status, DateTimeOffset At);

/// <summary>What is ordered.</summary>
public sealed record OrderRequest
{
    [Required, StringLength(24, MinimumLength = 24)]
    public string? CourseId { get; init; }

    [Range(1, OrderLimits.Quantity, ErrorMessage = "The quantity must be 1: an order enrolls its customer, who needs one seat.")]
    [Description("1, which is the default: an order enrolls its customer, who needs one seat.")]
    public int? Quantity { get; init; }
}

/// <summary>An order's next status.</summary>
public sealed record OrderPatch
{
    [Required]
    [Description("paid or cancelled after pending; delivered or cancelled after paid.")]
    public OrderStatus? Status { get; init; }
}
