using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Orders;

/// <summary>The result of changing an order's status.</summary>
public enum OrderChangeStatus
{
    Done,
    NotFound,

    /// <summary>The stored version is not one that the caller knows.</summary>
    Stale,

    /// <summary>The current status does not allow this change.</summary>
    NotAllowed,

    /// <summary>The order is being delivered.</summary>
    BeingDelivered,

    /// <summary>The course is full.</summary>
    CourseFull,

    /// <summary>The course is deleted or archived.</summary>
    CourseClosed,
}

/// <summary>
/// Orders. Each write that changes the status has the previous status in its filter, so that one of two concurrent changes wins. The
/// write also records that its effects are due.
/// </summary>
public sealed class OrderStore(IMongoDatabase database, EnrollmentStore enrollments, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    private static readonly FindOneAndUpdateOptions<OrderDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private static readonly UpdateDefinitionBuilder<OrderDocument> Update = Builders<OrderDocument>.Update;
    private readonly IMongoCollection<OrderDocument> _orders = database.GetCollection<OrderDocument>(OrderEntity.Collection);

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

    /// <summary>
    /// Creates an order at the current price of the course. A retry with the same <paramref name="id"/> returns the existing order.
    /// </summary>
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
            if (await _orders.TryInsertAsync(order, cancellationToken))
            {
                await PublishAsync(order);
                return order;
            }
            // An earlier attempt created the order, or the number is taken and another one is generated.
            if (await FindAsync(id, customerId, cancellationToken) is { } existing)
                return existing;
        }
    }

    /// <summary>Returns an order of a customer, or of any customer if <paramref name="customerId"/> is null.</summary>
    public async Task<OrderDocument?> FindAsync(ObjectId id, ObjectId? customerId, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument(OrderFields.Id, id);
        if (customerId is { } customer)
            filter.Add(OrderFields.CustomerId, customer);
        return await _orders.Find(filter).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Returns true if the customer bought the course and got it. Uses the index <c>customerId_courseId_status</c>.</summary>
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
    /// Changes the status of an order. A delivery takes the seat in the course first, so that an order without a seat is not delivered.
    /// </summary>
    /// <param name="id">The order.</param>
    /// <param name="next">The new status.</param>
    /// <param name="by">The user who changes it.</param>
    /// <param name="versions">The accepted stored versions; null accepts any.</param>
    /// <param name="cancellationToken">Cancels the change, but not a delivery that has started.</param>
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
                return (await GetRejectionReasonAsync(id, next, versions, cancellationToken), null);
            var delivered = await DeliverAsync(begun, CancellationToken.None);
            if (delivered.Order is null)
                await AbandonDeliveryAsync(begun, CancellationToken.None);
            return delivered;
        }
        if (PreviousStatuses(next).Length == 0)
            return (await GetRejectionReasonAsync(id, next, versions, cancellationToken), null);
        var filter = FilterFor(id, PreviousStatuses(next), versions);
        filter.Add(OrderFields.Delivery, BsonNull.Value);
        var changed = await _orders.FindOneAndUpdateAsync(filter, UpdateTo(next, by), After, cancellationToken);
        if (changed is null)
            return (await GetRejectionReasonAsync(id, next, versions, cancellationToken), null);
        await PublishAsync(changed);
        return (OrderChangeStatus.Done, changed);
    }

    /// <summary>Cancels a pending order. Of a concurrent payment and cancellation, one wins.</summary>
    /// <param name="id">The order.</param>
    /// <param name="customerId">The customer who must own it; null accepts any.</param>
    /// <param name="by">The user who cancels it.</param>
    /// <param name="versions">The accepted stored versions; null accepts any.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public async Task<(OrderChangeStatus Status, OrderDocument? Order)> CancelPendingAsync(
        ObjectId id,
        ObjectId? customerId,
        ObjectId by,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        var filter = FilterFor(id, [OrderStatus.Pending], versions);
        if (customerId is { } customer)
            filter.Add(OrderFields.CustomerId, customer);
        if (await _orders.FindOneAndUpdateAsync(filter, UpdateTo(OrderStatus.Cancelled, by), After, cancellationToken) is { } cancelled)
        {
            await PublishAsync(cancelled);
            return (OrderChangeStatus.Done, cancelled);
        }

        if (await FindAsync(id, customerId, cancellationToken) is not { } stored)
            return (OrderChangeStatus.NotFound, null);
        var isStale = versions is not null && !versions.Contains(stored.Version);
        return (isStale ? OrderChangeStatus.Stale : OrderChangeStatus.NotAllowed, null);
    }

    /// <summary>Completes a delivery: enrolls the customer, then updates the order. Safe to repeat.</summary>
    /// <returns>No order if it cannot be delivered. The caller must then call <see cref="AbandonDeliveryAsync"/>.</returns>
    public async Task<(OrderChangeStatus Status, OrderDocument? Order)> DeliverAsync(
        OrderDocument begun,
        CancellationToken cancellationToken
    )
    {
        var (status, _) = await enrollments.EnrollAsync(begun.CourseId, begun.CustomerId, cancellationToken);
        if (status is not (WriteStatus.Done or WriteStatus.Duplicate))
            return (status == WriteStatus.Full ? OrderChangeStatus.CourseFull : OrderChangeStatus.CourseClosed, null);
        var delivered = await _orders.FindOneAndUpdateAsync(
            FilterFor(begun.Id, [OrderStatus.Paid], null),
            UpdateTo(OrderStatus.Delivered, begun.Delivery!.By).Unset(order => order.Delivery),
            After,
            cancellationToken
        );
        if (delivered is not null)
            await PublishAsync(delivered);
        // Another request completed it first and has the same result.
        delivered ??= await FindAsync(begun.Id, null, cancellationToken);
        return (OrderChangeStatus.Done, delivered);
    }

    /// <summary>Removes a failed delivery from its order, which remains paid. Keeps a delivery that another request has started.</summary>
    public Task AbandonDeliveryAsync(OrderDocument begun, CancellationToken cancellationToken)
    {
        var filter = FilterFor(begun.Id, [OrderStatus.Paid], null);
        filter.Add(OrderFields.Delivery, begun.Delivery.ToBsonDocument());
        return _orders.UpdateOneAsync(filter, Update.Unset(order => order.Delivery), cancellationToken: cancellationToken);
    }

    /// <summary>
    /// Returns up to 100 orders whose effects have been due since before a point in time. Uses the index <c>effectsDueAt_pending</c>.
    /// </summary>
    public Task<List<OrderDocument>> ListDueAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        _orders.Find(order => order.EffectsDueAt < before).SortBy(order => order.EffectsDueAt).Limit(100).ToListAsync(cancellationToken);

    /// <summary>Records that the effects of this version of the order are complete. Those of a later change remain due.</summary>
    public Task CompleteEffectsAsync(OrderDocument seen, CancellationToken cancellationToken) =>
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

    /// <summary>Records that the receipt was added to the outbox.</summary>
    public Task MarkReceiptSentAsync(ObjectId id, CancellationToken cancellationToken) =>
        _orders.UpdateOneAsync(
            new BsonDocument(OrderFields.Id, id),
            Update.Set(order => order.ReceiptSentAt, time.Now()),
            cancellationToken: cancellationToken
        );

    /// <summary>Moves an order whose effects failed to the end of the queue.</summary>
    public Task PostponeAsync(ObjectId id, CancellationToken cancellationToken) =>
        _orders.UpdateOneAsync(
            new BsonDocument { { OrderFields.Id, id }, { OrderFields.EffectsDueAt, new BsonDocument("$exists", true) } },
            Update.Set(order => order.EffectsDueAt, time.Now()),
            cancellationToken: cancellationToken
        );

    private Task PublishAsync(OrderDocument order)
    {
        OrderMetrics.CountReached(order.Status);
        return changes.PublishAsync(Change.Written(OrderEntity.Name, order.Id) with { Owners = [order.CustomerId], Payload = order });
    }

    private Task<OrderDocument?> BeginDeliveryAsync(
        ObjectId id,
        ObjectId by,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    ) =>
        _orders.FindOneAndUpdateAsync(
            FilterFor(id, PreviousStatuses(OrderStatus.Delivered), versions),
            Update.Set(order => order.Delivery, new OrderDelivery(by, time.Now())).Set(order => order.EffectsDueAt, time.Now()),
            After,
            cancellationToken
        )!;

    private async Task<OrderChangeStatus> GetRejectionReasonAsync(
        ObjectId id,
        OrderStatus next,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, null, cancellationToken) is not { } stored)
            return OrderChangeStatus.NotFound;
        if (versions is not null && !versions.Contains(stored.Version))
            return OrderChangeStatus.Stale;
        return stored.Delivery is not null && PreviousStatuses(next).Contains(stored.Status)
            ? OrderChangeStatus.BeingDelivered
            : OrderChangeStatus.NotAllowed;
    }

    private UpdateDefinition<OrderDocument> UpdateTo(OrderStatus next, ObjectId by)
    {
        var now = time.Now();
        return Update
            .Set(order => order.Status, next)
            .Push(order => order.History, new OrderChange(next, now, by))
            .Set(order => order.EffectsDueAt, now)
            .Set(order => order.UpdatedAt, now)
            .Inc(order => order.Version, 1);
    }

    /// <summary>Returns the statuses from which a status can be reached.</summary>
    private static OrderStatus[] PreviousStatuses(OrderStatus next) =>
        next switch
        {
            OrderStatus.Paid => [OrderStatus.Pending],
            OrderStatus.Delivered => [OrderStatus.Paid],
            OrderStatus.Cancelled => [OrderStatus.Pending, OrderStatus.Paid],
            _ => [],
        };

    private static BsonDocument FilterFor(ObjectId id, OrderStatus[] from, IReadOnlyCollection<long>? versions)
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
