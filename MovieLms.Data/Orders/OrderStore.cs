using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Orders;

/// <summary>How a change of an order's status ended.</summary>
public enum OrderChangeStatus
{
    Done,
    NotFound,

    /// <summary>It has another version than the caller knows.</summary>
    Stale,

    /// <summary>This status does not follow the one it has.</summary>
    NotAllowed,

    /// <summary>An admin delivers it at this moment.</summary>
    BeingDelivered,

    /// <summary>The course has no place left.</summary>
    CourseFull,

    /// <summary>The course is deleted or archived.</summary>
    CourseClosed,
}

/// <summary>
/// The orders. The status is in the filter of each write that changes it, so that of two changes at once one wins; each such
/// write also records that its effects are due.
/// </summary>
public sealed class OrderStore(IMongoDatabase database, EnrollmentStore enrollments, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    private static readonly FindOneAndUpdateOptions<OrderDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private static readonly UpdateDefinitionBuilder<OrderDocument> Update = Builders<OrderDocument>.Update;
    private readonly IMongoCollection<OrderDocument> _orders = database.GetCollection<OrderDocument>(CollectionNames.Orders);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _orders,
            [
                Indexes.Unique<OrderDocument>("number_unique", OrderFields.Number),
                Indexes.On<OrderDocument>("customerId_courseId_status", OrderFields.CustomerId, OrderFields.CourseId, OrderFields.Status),
                new(
                    new BsonDocument(OrderFields.EffectsDueAt, 1),
                    new CreateIndexOptions<OrderDocument>
                    {
                        Name = "effectsDueAt_pending",
                        PartialFilterExpression = new BsonDocument(OrderFields.EffectsDueAt, new BsonDocument("$exists", true)),
                    }
                ),
                .. OrderLists.Indexes,
            ],
            cancellationToken
        );

    /// <summary>Places an order at the course's present price.</summary>
    /// <param name="id">The order's id: a retry that gives the same one gets the order that stands.</param>
    /// <param name="customerId">Who orders.</param>
    /// <param name="customerName">Their name.</param>
    /// <param name="course">What.</param>
    /// <param name="quantity">1 to <see cref="OrderLimits.Quantity"/>.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public async Task<OrderDocument> CreateAsync(
        ObjectId id,
        ObjectId customerId,
        string customerName,
        CourseDocument course,
        int quantity,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        while (true)
        {
            var order = new OrderDocument
            {
                Id = id,
                Number = OrderNumber.New(now),
                CustomerId = customerId,
                CustomerName = customerName,
                CourseId = course.Id,
                Item = course.Title,
                Quantity = quantity,
                UnitPrice = course.Price,
                Amount = course.Price * quantity,
                Currency = course.Currency,
                History = [new OrderChange(OrderStatus.Pending, now, customerId)],
                CreatedAt = now,
                UpdatedAt = now,
            };
            try
            {
                await _orders.InsertOneAsync(order, cancellationToken: cancellationToken);
                await ReachedAsync(order);
                return order;
            }
            catch (MongoException e) when (e.IsDuplicateKey())
            {
                // The first try of this request came so far; or the number is taken, and another is drawn.
                if (await FindAsync(id, customerId, cancellationToken) is { } standing)
                    return standing;
            }
        }
    }

    /// <summary>One order, or null.</summary>
    /// <param name="id">Which.</param>
    /// <param name="customerId">Whose it must be; null for who may see all.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<OrderDocument?> FindAsync(ObjectId id, ObjectId? customerId, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument(OrderFields.Id, id);
        if (customerId is { } customer)
            filter.Add(OrderFields.CustomerId, customer);
        return await _orders.Find(filter).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>True when the customer has paid for the course and got it. Uses the index <c>customerId_courseId_status</c>.</summary>
    public Task<bool> HasDeliveredAsync(ObjectId customerId, ObjectId courseId, CancellationToken cancellationToken) =>
        _orders
            .Find(
                new BsonDocument
                {
                    { OrderFields.CustomerId, customerId },
                    { OrderFields.CourseId, courseId },
                    { OrderFields.Status, nameof(OrderStatus.Delivered) },
                }
            )
            .Project(new BsonDocument(OrderFields.Id, 1))
            .AnyAsync(cancellationToken);

    /// <summary>
    /// Gives an order its next status. A delivery takes the place in the course first, so that what has none is not delivered.
    /// </summary>
    /// <param name="id">Which.</param>
    /// <param name="next">The new status.</param>
    /// <param name="by">Who changes it.</param>
    /// <param name="versions">One of these versions must be the stored one; null for any.</param>
    /// <param name="cancellationToken">Cancels what is not begun.</param>
    public async Task<(OrderChangeStatus Status, OrderDocument? Order)> ChangeAsync(
        ObjectId id,
        OrderStatus next,
        ObjectId by,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        if (next == OrderStatus.Delivered)
        {
            var begun = await BeginDeliveryAsync(id, by, versions, cancellationToken);
            if (begun is null)
                return (await WhyNotAsync(id, next, versions, cancellationToken), null);
            var ended = await DeliverAsync(begun, CancellationToken.None);
            if (ended.Order is null)
                await GiveUpDeliveryAsync(begun, CancellationToken.None);
            return ended;
        }
        if (Before(next).Length == 0)
            return (await WhyNotAsync(id, next, versions, cancellationToken), null);
        var filter = One(id, Before(next), versions);
        filter.Add(OrderFields.Delivery, BsonNull.Value);
        var changed = await _orders.FindOneAndUpdateAsync(filter, To(next, by), After, cancellationToken);
        if (changed is null)
            return (await WhyNotAsync(id, next, versions, cancellationToken), null);
        await ReachedAsync(changed);
        return (OrderChangeStatus.Done, changed);
    }

    /// <summary>Ends a delivery that is begun: enrols the customer, then says so on the order. Can be repeated.</summary>
    /// <returns>No order when it cannot be delivered; the caller takes the delivery off it (<see cref="GiveUpDeliveryAsync"/>).</returns>
    public async Task<(OrderChangeStatus Status, OrderDocument? Order)> DeliverAsync(
        OrderDocument begun,
        CancellationToken cancellationToken
    )
    {
        var (status, _) = await enrollments.EnrollAsync(begun.CourseId, begun.CustomerId, cancellationToken);
        if (status is not (WriteStatus.Done or WriteStatus.Duplicate))
            return (status == WriteStatus.Full ? OrderChangeStatus.CourseFull : OrderChangeStatus.CourseClosed, null);
        var delivered = await _orders.FindOneAndUpdateAsync(
            One(begun.Id, [OrderStatus.Paid], null),
            To(OrderStatus.Delivered, begun.Delivery!.By).Unset(order => order.Delivery),
            After,
            cancellationToken
        );
        if (delivered is not null)
            await ReachedAsync(delivered);
        // Another request ended it first: its answer is this one's too.
        delivered ??= await FindAsync(begun.Id, null, cancellationToken);
        return (OrderChangeStatus.Done, delivered);
    }

    /// <summary>Takes a delivery that cannot be ended off its order, which stays paid; one that somebody began meanwhile stays.</summary>
    public Task GiveUpDeliveryAsync(OrderDocument begun, CancellationToken cancellationToken)
    {
        var filter = One(begun.Id, [OrderStatus.Paid], null);
        filter.Add(OrderFields.Delivery, begun.Delivery.ToBsonDocument());
        return _orders.UpdateOneAsync(filter, Update.Unset(order => order.Delivery), cancellationToken: cancellationToken);
    }

    /// <summary>
    /// Orders whose effects are due since before a moment, at most a hundred. Uses the index <c>effectsDueAt_pending</c>.
    /// </summary>
    public Task<List<OrderDocument>> DueAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        _orders.Find(order => order.EffectsDueAt < before).SortBy(order => order.EffectsDueAt).Limit(100).ToListAsync(cancellationToken);

    /// <summary>Notes that the effects of the order as the caller saw it have followed; a change since then keeps its own due.</summary>
    public Task EffectsDoneAsync(OrderDocument seen, CancellationToken cancellationToken) =>
        _orders.UpdateOneAsync(
            new BsonDocument
            {
                { OrderFields.Id, seen.Id },
                { OrderFields.Version, seen.Version },
                { OrderFields.Delivery, BsonNull.Value },
            },
            Update.Unset(order => order.EffectsDueAt),
            cancellationToken: cancellationToken
        );

    /// <summary>Records that the receipt is in the outbox.</summary>
    public Task ReceiptSentAsync(ObjectId id, CancellationToken cancellationToken) =>
        _orders.UpdateOneAsync(
            new BsonDocument(OrderFields.Id, id),
            Update.Set(order => order.ReceiptSentAt, time.Now()),
            cancellationToken: cancellationToken
        );

    /// <summary>Puts an order whose effects failed at the end of the line.</summary>
    public Task PostponeAsync(ObjectId id, CancellationToken cancellationToken) =>
        _orders.UpdateOneAsync(
            new BsonDocument { { OrderFields.Id, id }, { OrderFields.EffectsDueAt, new BsonDocument("$exists", true) } },
            Update.Set(order => order.EffectsDueAt, time.Now()),
            cancellationToken: cancellationToken
        );

    private Task ReachedAsync(OrderDocument order)
    {
        OrderMetrics.Reached(order.Status);
        return changes.PublishAsync(Change.Written(OrderEntity.Name, order.Id) with { Owners = [order.CustomerId], Payload = order });
    }

    private Task<OrderDocument?> BeginDeliveryAsync(
        ObjectId id,
        ObjectId by,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    ) =>
        _orders.FindOneAndUpdateAsync(
            One(id, Before(OrderStatus.Delivered), versions),
            Update.Set(order => order.Delivery, new OrderDelivery(by, time.Now())).Set(order => order.EffectsDueAt, time.Now()),
            After,
            cancellationToken
        )!;

    private async Task<OrderChangeStatus> WhyNotAsync(
        ObjectId id,
        OrderStatus next,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, null, cancellationToken) is not { } standing)
            return OrderChangeStatus.NotFound;
        if (versions is not null && !versions.Contains(standing.Version))
            return OrderChangeStatus.Stale;
        return standing.Delivery is not null && Before(next).Contains(standing.Status)
            ? OrderChangeStatus.BeingDelivered
            : OrderChangeStatus.NotAllowed;
    }

    private UpdateDefinition<OrderDocument> To(OrderStatus next, ObjectId by)
    {
        var now = time.Now();
        return Update
            .Set(order => order.Status, next)
            .Push(order => order.History, new OrderChange(next, now, by))
            .Set(order => order.EffectsDueAt, now)
            .Set(order => order.UpdatedAt, now)
            .Inc(order => order.Version, 1);
    }

    /// <summary>The statuses that a status may follow.</summary>
    private static OrderStatus[] Before(OrderStatus next) =>
        next switch
        {
            OrderStatus.Paid => [OrderStatus.Pending],
            OrderStatus.Delivered => [OrderStatus.Paid],
            OrderStatus.Cancelled => [OrderStatus.Pending, OrderStatus.Paid],
            _ => [],
        };

    private static BsonDocument One(ObjectId id, OrderStatus[] from, IReadOnlyCollection<long>? versions)
    {
        var filter = new BsonDocument
        {
            { OrderFields.Id, id },
            { OrderFields.Status, new BsonDocument("$in", new BsonArray(from.Select(status => status.ToString()))) },
        };
        filter.WithVersions(versions);
        return filter;
    }
}
