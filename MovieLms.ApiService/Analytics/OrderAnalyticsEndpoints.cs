using System.ComponentModel;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Orders;
using MovieLms.Application.Access;
using MovieLms.Application.Caching;
using MovieLms.Data.Analytics.Orders;
using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.ApiService.Analytics;

/// <summary>What the orders add up to, for administrators. Kept until an order is placed or changed, at most a minute.</summary>
internal static class OrderAnalyticsEndpoints
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);
    private static readonly string[] OfOrders = [CacheKeys.Orders];

    internal static void MapOrderAnalytics(this IEndpointRouteBuilder routes)
    {
        var analytics = routes.MapArea("/api/analytics/orders", "Analytics").RequirePermission(Permissions.AnalyticsAdmin);
        analytics
            .MapGet("/by-customer", ByCustomerAsync)
            .Produces<IReadOnlyList<CustomerOrders>>()
            .WithName("getOrdersByCustomer")
            .WithSummary("Orders, quantity and totals a customer, who ordered most often first")
            .ProducesAccessProblems();
        analytics
            .MapGet("/by-status", ByStatusAsync)
            .Produces<IReadOnlyList<CurrencyOrders>>()
            .WithName("getOrdersByStatus")
            .WithSummary("Paid against unpaid and cancelled, a currency at a time")
            .ProducesAccessProblems();
        analytics
            .MapGet("/by-item", ByItemAsync)
            .Produces<IReadOnlyList<ItemOrders>>()
            .WithName("getOrdersByItem")
            .WithSummary("Orders, quantity and totals a course, the most ordered first; cancelled orders left out")
            .ProducesAccessProblems();
        analytics
            .MapGet("/users", UsersAsync)
            .Produces<IReadOnlyList<OrderingUser>>()
            .WithName("getUsersWithOrders")
            .WithSummary("The users who ordered most often, each with their latest twenty orders")
            .ProducesAccessProblems();
    }

    private static ValueTask<CachedJsonResult> ByCustomerAsync(
        [Description("Only orders of this status: pending, paid, delivered or cancelled; any when absent.")] string? status,
        [Description("How many customers, 1 to 1,000; 100 when absent.")] int? limit,
        OrderAnalytics analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    )
    {
        var wanted = OrderQuery.Status(status);
        var size = QueryValues.InRange("limit", limit ?? 100, 1, 1_000);
        return cache.GetOrCreateAsync(
            CacheKeys.Analytics("orders/by-customer", wanted, size),
            OfOrders,
            Fresh,
            token => analytics.ByCustomerAsync(wanted, size, token),
            cancellationToken,
            isPrivate: true
        );
    }

    private static ValueTask<CachedJsonResult> ByStatusAsync(
        OrderAnalytics analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    ) =>
        cache.GetOrCreateAsync(
            CacheKeys.Analytics("orders/by-status"),
            OfOrders,
            Fresh,
            analytics.ByStatusAsync,
            cancellationToken,
            isPrivate: true
        );

    private static ValueTask<CachedJsonResult> ByItemAsync(
        OrderAnalytics analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    ) =>
        cache.GetOrCreateAsync(
            CacheKeys.Analytics("orders/by-item"),
            OfOrders,
            Fresh,
            analytics.ByItemAsync,
            cancellationToken,
            isPrivate: true
        );

    private static ValueTask<CachedJsonResult> UsersAsync(
        [Description("How many users, 1 to 100; 20 when absent.")] int? limit,
        OrderAnalytics analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    )
    {
        var size = QueryValues.InRange("limit", limit ?? 20, 1, 100);
        return cache.GetOrCreateAsync(
            CacheKeys.Analytics("orders/users", size),
            OfOrders,
            Fresh,
            token => analytics.UsersAsync(size, token),
            cancellationToken,
            isPrivate: true
        );
    }
}
