using System.Globalization;
using MovieLms.Client;

namespace MovieLms.Web.Orders;

/// <summary>Orders as visitors read them.</summary>
internal static class OrderTexts
{
    /// <summary>The filters of the list: the value in the address and the label.</summary>
    internal static IReadOnlyList<(string? Value, string Label, ListOrdersStatus? Status)> Filters { get; } =
    [
        (null, "All", null),
        ("pending", "Pending", ListOrdersStatus.Pending),
        ("paid", "Paid", ListOrdersStatus.Paid),
        ("delivered", "Delivered", ListOrdersStatus.Delivered),
        ("cancelled", "Canceled", ListOrdersStatus.Cancelled),
    ];

    internal static string Money(double amount, string currency) => string.Create(CultureInfo.InvariantCulture, $"{amount:N2} {currency}");

    internal static string Name(OrderStatus status) =>
        status switch
        {
            OrderStatus.Pending => "Pending",
            OrderStatus.Paid => "Paid",
            OrderStatus.Delivered => "Delivered",
            _ => "Canceled",
        };

    /// <summary>Returns what happened when an order took a status.</summary>
    internal static string Event(OrderStatus status) =>
        status switch
        {
            OrderStatus.Pending => "Ordered",
            OrderStatus.Paid => "Payment received",
            OrderStatus.Delivered => "Delivered: the customer is enrolled",
            _ => "Canceled",
        };
}
