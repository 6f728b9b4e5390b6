using MongoDB.Bson;
using MovieLms.Data.Analytics.Orders;
using MovieLms.Data.Courses;
using MovieLms.Data.Orders;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>Each query of orders uses the index declared for it.</summary>
public sealed class OrderIndexTests(OrderIndexTests.SeededData seeded) : IClassFixture<OrderIndexTests.SeededData>
{
    public sealed class SeededData : IAsyncLifetime
    {
        public DataFixture Data { get; } = new();

        public ObjectId Customer { get; } = ObjectId.GenerateNewId();

        public List<OrderDocument> Orders { get; } = [];

        public async ValueTask InitializeAsync()
        {
            await Data.InitializeAsync();
            var (orders, admin) = (Data.Get<OrderStore>(), ObjectId.GenerateNewId());
            var course = await Data.Get<CourseStore>()
                .CreateAsync(admin, new CourseDetails("Sound", null, 5, "EUR", null, CourseStatus.Published), default);
            for (var i = 0; i < 300; i++)
            {
                var customer = i % 10 == 0 ? Customer : ObjectId.GenerateNewId();
                var order = await orders.CreateAsync(ObjectId.GenerateNewId(), customer, "Name", course, 1, default);
                Orders.Add(order);
                if (i % 20 == 0)
                    await orders.ChangeAsync(order.Id, OrderStatus.Paid, admin, null, default);
            }
        }

        public ValueTask DisposeAsync() => Data.DisposeAsync();
    }

    public static TheoryData<string, string, int> Queries() =>
        new()
        {
            { "by ID", "_id_", 1 },
            { "by ID and customer", "_id_", 1 },
            { "status", "_id_", 1 },
            { "delivered", "customerId_courseId_status", 0 },
            // Fifteen paid orders, and the one that "status" cancels.
            { "due", "effectsDueAt_pending", 16 },
            { "list all", "_id_", 21 },
            { "list of a status", "status_id", 21 },
            { "list of a customer", "customerId_id", 21 },
            { "list of a customer and status", "customerId_status_id", 21 },
            { "give up", "_id_", 1 },
            { "analytics of a status", "status_id", 15 },
            { "analytics by item", "status_id", 300 },
        };

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Query_uses_its_index(string query, string index, int maxDocs) =>
        QueryPlans.AssertServedAsync(
            seeded.Data,
            () => RunAsync(query),
            index,
            maxDocs,
            query.StartsWith("list", StringComparison.Ordinal)
        );

    private Task RunAsync(string query)
    {
        var (orders, lists, one) = (seeded.Data.Get<OrderStore>(), seeded.Data.Get<OrderLists>(), seeded.Orders[0]);
        return query switch
        {
            "by ID" => orders.FindAsync(one.Id, null, default),
            "by ID and customer" => orders.FindAsync(one.Id, one.CustomerId, default),
            "status" => orders.ChangeAsync(seeded.Orders[1].Id, OrderStatus.Cancelled, seeded.Customer, null, default),
            "delivered" => orders.HasDeliveredAsync(one.CustomerId, one.CourseId, default),
            "due" => orders.ListDueAsync(TimeProvider.System.GetUtcNow().AddMinutes(1), default),
            "list all" => lists.ListAsync(null, null, null, 20, default),
            "list of a status" => lists.ListAsync(null, OrderStatus.Pending, null, 20, default),
            "list of a customer" => lists.ListAsync(seeded.Customer, null, null, 20, default),
            "list of a customer and status" => lists.ListAsync(seeded.Customer, OrderStatus.Pending, null, 20, default),
            "give up" => orders.AbandonDeliveryAsync(one with { Delivery = new OrderDelivery(seeded.Customer, one.CreatedAt) }, default),
            "analytics of a status" => seeded.Data.Get<OrderAnalytics>().ByCustomerAsync(OrderStatus.Paid, 10, default),
            "analytics by item" => seeded.Data.Get<OrderAnalytics>().ByItemAsync(default),
            _ => throw new ArgumentException(query, nameof(query)),
        };
    }
}
