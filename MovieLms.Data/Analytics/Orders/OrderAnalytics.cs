using MongoDB.Driver;
using MovieLms.Data.Orders;

namespace MovieLms.Data.Analytics.Orders;

/// <summary>So much of a currency.</summary>
/// <param name="Currency">ISO 4217, three capitals.</param>
/// <param name="Amount">In units of it.</param>
public sealed record CurrencyTotal(string Currency, decimal Amount);

/// <summary>
/// Runs the analytics of orders. Each is a pipeline in its own file. Amounts in different currencies are never added up.
/// </summary>
public sealed class OrderAnalytics(IMongoDatabase database)
{
    /// <inheritdoc cref="OrdersByCustomer"/>
    public Task<List<CustomerOrders>> ByCustomerAsync(OrderStatus? status, int limit, CancellationToken cancellationToken) =>
        database.RunAsync<CustomerOrders>(OrderPipelines.ByCustomer(status, limit), cancellationToken);

    /// <inheritdoc cref="OrdersByStatus"/>
    public Task<List<CurrencyOrders>> ByStatusAsync(CancellationToken cancellationToken) =>
        database.RunAsync<CurrencyOrders>(OrderPipelines.ByStatus, cancellationToken);

    /// <inheritdoc cref="OrdersByItem"/>
    public Task<List<ItemOrders>> ByItemAsync(CancellationToken cancellationToken) =>
        database.RunAsync<ItemOrders>(OrderPipelines.ByItem, cancellationToken);

    /// <inheritdoc cref="UsersWithOrders"/>
    public Task<List<OrderingUser>> UsersAsync(int limit, CancellationToken cancellationToken) =>
        database.RunAsync<OrderingUser>(OrderPipelines.Users(limit), cancellationToken);
}
