using System.Diagnostics.Metrics;
using System.Text.Json;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Orders;

/// <summary>The metrics of orders (docs/telemetry.md).</summary>
internal static class OrderMetrics
{
    private static readonly Counter<long> Orders = DataTelemetry.Meter.CreateCounter<long>(
        "movielms.orders",
        "{order}",
        "Orders that reached a status"
    );

    internal static void CountReached(OrderStatus status) =>
        Orders.Add(1, new KeyValuePair<string, object?>("status", JsonNamingPolicy.CamelCase.ConvertName(status.ToString())));
}
