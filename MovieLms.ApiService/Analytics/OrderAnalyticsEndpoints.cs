using System.ComponentModel;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Orders;
using MovieLms.Application.Access;
using MovieLms.Application.Caching;
using MovieLms.Data.Analytics.Orders;
using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.ApiService.Analytics;

/// <summary>
/// Analytics of orders, for administrators. Responses are cached for up to a minute and invalidated when an order is placed or changed.
/// </summary>
internal static class OrderAnalyticsEndpoints
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);
    private static readonly string[] OrderTags = [CacheKeys.Orders];

    internal static void MapOrderAnalytics(this IEndpointRouteBuilder routes)
    {
        var analytics = routes.MapArea("/api/analytics/orders", "Analytics").RequirePermission(Permissions.AnalyticsAdmin);
        analytics
            .MapGet("/by-customer", GetByCustomerAsync)
            .Produces<IReadOnlyList<CustomerOrders>>()
            .WithName("getOrdersByCustomer")
            .WithSummary("Orders, quantity and totals a customer, who ordered most often first")
            .ProducesAccessProblems();
        analytics
            .MapGet("/by-status", GetByStatusAsync)
            .Produces<IReadOnlyList<CurrencyOrders>>()
            .WithName("getOrdersByStatus")
            .WithSummary("Paid against unpaid and cancelled, a currency at a time")
            .ProducesAccessProblems();
        analytics
            .MapGet("/by-item", GetByItemAsync)
            .Produces<IReadOnlyList<ItemOrders>>()
            .WithName("getOrdersByItem")
            .WithSummary("Orders, quantity and totals a course, the most ordered first; cancelled orders left out")
            .ProducesAccessProblems();
        analytics
            .MapGet("/users", GetUsersAsync)
            .Produces<IReadOnlyList<OrderingUser>>()
            .WithName("getUsersWithOrders")
            .WithSummary("The users who ordered most often, each with their latest twenty orders")
            .ProducesAccessProblems();
    }

    private static ValueTask<CachedJsonResult> GetByCustomerAsync(
        [Description("Only orders of this status: pending, paid, delivered or cancelled; any when absent.")] string? status,
        [Description("How many customers, 1 to 1,000; 100 when absent.")] int? limit,
        OrderAnalytics analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    )
    {
        var statusFilter = OrderQuery.ParseStatus(status);
        var size = QueryValues.RequireInRange("limit", limit ?? 100, 1, 1_000);
        return cache.GetOrCreateAsync(
            CacheKeys.Analytics("orders/by-customer", statusFilter, size),
            OrderTags,
            MaxAge,
            token => analytics.ByCustomerAsync(statusFilter, size, token),
            cancellationToken,
            isPrivate: true
        );
    }

    private static ValueTask<CachedJsonResult> GetByStatusAsync(
        OrderAnalytics analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    ) =>
        cache.GetOrCreateAsync(
            CacheKeys.Analytics("orders/by-status"),
            OrderTags,
            MaxAge,
            analytics.ByStatusAsync,
            cancellationToken,
            isPrivate: true
        );

    private static ValueTask<CachedJsonResult> GetByItemAsync(
        OrderAnalytics analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    ) =>
        cache.GetOrCreateAsync(
            CacheKeys.Analytics("orders/by-item"),
            OrderTags,
            MaxAge,
            analytics.ByItemAsync,
            cancellationToken,
            isPrivate: true
        );

    private static ValueTask<CachedJsonResult> GetUsersAsync(
        [Description("How many users, 1 to 100; 20 when absent.")] int? limit,
        OrderAnalytics analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    )
    {
        var size = QueryValues.RequireInRange("limit", limit ?? 20, 1, 100);
        return cache.GetOrCreateAsync(
            CacheKeys.Analytics("orders/users", size),
            OrderTags,
            MaxAge,
            token => analytics.UsersAsync(size, token),
            cancellationToken,
            isPrivate: true
        );
    }
}
