using System.ComponentModel;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Orders;
using MovieLms.Application.Access;
using MovieLms.Application.Caching;
using MovieLms.Data.Analytics.Orders;
using MovieLms.Data.Orders;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Compression;

namespace MovieLms.ApiService.Analytics;

/// <summary>Analytics of orders, for administrators. <see cref="AnalyticsCache"/> describes how their answers are cached.</summary>
internal static class OrderAnalyticsEndpoints
{
    internal const int MaxCustomers = 1_000;
    internal const int MaxUsers = 100;
    private static readonly string[] OrderTags = [CacheKeys.Orders];

    internal static void MapOrderAnalytics(this IEndpointRouteBuilder routes)
    {
        var analytics = routes
            .MapArea("/api/analytics/orders", "Analytics")
            .RequirePermission(Permissions.AnalyticsAdmin)
            .WithCompression()
            .ProducesAge();
        analytics
            .MapGet("/by-customer", GetByCustomerAsync)
            .Produces<IReadOnlyList<CustomerOrders>>()
            .WithName("getOrdersByCustomer")
            .WithSummary("Get order totals per customer")
            .WithDescription("Customers with the most orders first. Filter by `status`.")
            .ProducesAccessProblems();
        analytics
            .MapGet("/by-status", GetByStatusAsync)
            .Produces<IReadOnlyList<CurrencyOrders>>()
            .WithName("getOrdersByStatus")
            .WithSummary("Get order totals by status")
            .WithDescription("Paid, unpaid and cancelled orders per currency.")
            .ProducesAccessProblems();
        analytics
            .MapGet("/by-item", GetByItemAsync)
            .Produces<IReadOnlyList<ItemOrders>>()
            .WithName("getOrdersByItem")
            .WithSummary("Get order totals per course")
            .WithDescription("Most ordered courses first, without cancelled orders.")
            .ProducesAccessProblems();
        analytics
            .MapGet("/users", GetUsersAsync)
            .Produces<IReadOnlyList<OrderingUser>>()
            .WithName("getUsersWithOrders")
            .WithSummary("List users with their orders")
            .WithDescription("Users with the most orders first, each with their latest 20 orders.")
            .ProducesAccessProblems();
    }

    private static Task<CachedJsonResult> GetByCustomerAsync(
        [Choices<OrderStatus>, Description("Only orders of this status: pending, paid, delivered or cancelled; any by default.")]
            string? status,
        [Description("How many customers, 1 to 1,000; 100 by default.")] int? limit,
        OrderAnalytics analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    )
    {
        var statusFilter = OrderQuery.ParseStatus(status);
        var size = QueryValues.RequireInRange("limit", limit ?? 100, 1, MaxCustomers);
        return cache.GetFirstAsync(
            CacheKeys.Analytics("orders/by-customer", statusFilter),
            size,
            OrderTags,
            token => analytics.ByCustomerAsync(statusFilter, MaxCustomers, token),
            cancellationToken,
            isPrivate: true
        );
    }

    private static Task<CachedJsonResult> GetByStatusAsync(
        OrderAnalytics analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    ) => cache.GetAsync(CacheKeys.Analytics("orders/by-status"), OrderTags, analytics.ByStatusAsync, cancellationToken, isPrivate: true);

    private static Task<CachedJsonResult> GetByItemAsync(
        OrderAnalytics analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    ) => cache.GetAsync(CacheKeys.Analytics("orders/by-item"), OrderTags, analytics.ByItemAsync, cancellationToken, isPrivate: true);

    private static Task<CachedJsonResult> GetUsersAsync(
        [Description("How many users, 1 to 100; 20 by default.")] int? limit,
        OrderAnalytics analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    )
    {
        var size = QueryValues.RequireInRange("limit", limit ?? 20, 1, MaxUsers);
        return cache.GetFirstAsync(
            CacheKeys.Analytics("orders/users"),
            size,
            OrderTags,
            token => analytics.UsersAsync(MaxUsers, token),
            cancellationToken,
            isPrivate: true
        );
    }
}
