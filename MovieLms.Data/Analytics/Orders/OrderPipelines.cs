using MovieLms.Data.Orders;

namespace MovieLms.Data.Analytics.Orders;

/// <summary>The pipelines of <see cref="OrderAnalytics"/>, as it runs them.</summary>
public static class OrderPipelines
{
    /// <inheritdoc cref="OrdersByStatus"/>
    public static ExplainedPipeline ByStatus => OrdersByStatus.Pipeline;

    /// <inheritdoc cref="OrdersByItem"/>
    public static ExplainedPipeline ByItem => OrdersByItem.Pipeline;

    /// <inheritdoc cref="OrdersByCustomer"/>
    public static ExplainedPipeline ByCustomer(OrderStatus? status, int limit) => OrdersByCustomer.Pipeline(status, limit);

    /// <inheritdoc cref="UsersWithOrders"/>
    public static ExplainedPipeline Users(int limit) => UsersWithOrders.Pipeline(limit);
}
