using MongoDB.Bson;
using MovieLms.Data.Analytics.Orders;
using MovieLms.Data.Courses;
using MovieLms.Data.Orders;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>The queries of orders, each served by the index declared for it.</summary>
public sealed class OrderIndexTests(OrderIndexTests.Filled filled) : IClassFixture<OrderIndexTests.Filled>
{
    public sealed class Filled : IAsyncLifetime
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
            { "by id", "_id_", 1 },
            { "by id and customer", "_id_", 1 },
            { "status", "_id_", 1 },
            { "delivered", "customerId_courseId_status", 0 },
            // Fifteen paid ones, and the one that "status" cancels.
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
    public Task Query_is_served_by_its_index(string query, string index, int most) =>
        QueryPlans.AssertServedAsync(filled.Data, () => RunAsync(query), index, most, query.StartsWith("list", StringComparison.Ordinal));

    private Task RunAsync(string query)
    {
        var (orders, lists, one) = (filled.Data.Get<OrderStore>(), filled.Data.Get<OrderLists>(), filled.Orders[0]);
        return query switch
        {
            "by id" => orders.FindAsync(one.Id, null, default),
            "by id and customer" => orders.FindAsync(one.Id, one.CustomerId, default),
            "status" => orders.ChangeAsync(filled.Orders[1].Id, OrderStatus.Cancelled, filled.Customer, null, default),
            "delivered" => orders.HasDeliveredAsync(one.CustomerId, one.CourseId, default),
            "due" => orders.DueAsync(TimeProvider.System.GetUtcNow().AddMinutes(1), default),
            "list all" => lists.ListAsync(null, null, null, 20, default),
            "list of a status" => lists.ListAsync(null, OrderStatus.Pending, null, 20, default),
            "list of a customer" => lists.ListAsync(filled.Customer, null, null, 20, default),
            "list of a customer and status" => lists.ListAsync(filled.Customer, OrderStatus.Pending, null, 20, default),
            "give up" => orders.GiveUpDeliveryAsync(one with { Delivery = new OrderDelivery(filled.Customer, one.CreatedAt) }, default),
            "analytics of a status" => filled.Data.Get<OrderAnalytics>().ByCustomerAsync(OrderStatus.Paid, 10, default),
            "analytics by item" => filled.Data.Get<OrderAnalytics>().ByItemAsync(default),
            _ => throw new ArgumentException(query, nameof(query)),
        };
    }
}
