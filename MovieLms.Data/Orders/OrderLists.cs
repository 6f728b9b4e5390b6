using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Paging;

namespace MovieLms.Data.Orders;

/// <summary>Lists orders, newest first.</summary>
public sealed class OrderLists(IMongoDatabase database)
{
    /// <summary>The only order of lists.</summary>
    public const string Sort = "-id";

    internal static readonly CreateIndexModel<OrderDocument>[] Indexes =
    [
        Storage.Indexes.On<OrderDocument>("customerId_id", OrderFields.CustomerId, OrderFields.Id),
        Storage.Indexes.On<OrderDocument>("customerId_status_id", OrderFields.CustomerId, OrderFields.Status, OrderFields.Id),
        Storage.Indexes.On<OrderDocument>("status_id", OrderFields.Status, OrderFields.Id),
    ];

    private readonly IMongoCollection<OrderDocument> _orders = database.GetCollection<OrderDocument>(OrderEntity.Collection);

    /// <summary>Returns one page; null includes all customers or statuses.</summary>
    public async Task<Page<OrderDocument>> ListAsync(
        ObjectId? customerId,
        OrderStatus? status,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var filter = new BsonDocument();
        if (customerId is { } customer)
            filter.Add(OrderFields.CustomerId, customer);
        if (status is { } wanted)
            filter.Add(OrderFields.Status, wanted.ToString());
        var total = await _orders.CountTotalAsync(filter, limit, cancellationToken);
        if (cursor is not null)
            filter.Add(OrderFields.Id, new BsonDocument("$lt", cursor.Id));
        var found = await _orders
            .Find(filter)
            .Sort(new BsonDocument(OrderFields.Id, -1))
            .Limit(limit.Items + 1)
            .ToListAsync(cancellationToken);
        return Keyset.Page(found, limit, Sort, order => (BsonNull.Value, order.Id), total);
    }
}
