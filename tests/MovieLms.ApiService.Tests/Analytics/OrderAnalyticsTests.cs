using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.Data.Orders;
using MovieLms.Data.Storage;

namespace MovieLms.ApiService.Tests.Analytics;

/// <summary>Compares the analytics of 600 random orders with sums computed in memory.</summary>
public sealed class OrderAnalyticsTests(OrderAnalyticsTests.WithOrders api) : IClassFixture<OrderAnalyticsTests.WithOrders>
{
    private static readonly OrderStatus[] Statuses = Enum.GetValues<OrderStatus>();

    public sealed class WithOrders : ApiFixture
    {
        internal IReadOnlyList<OrderDocument> Orders { get; private set; } = [];

        internal IReadOnlyDictionary<ObjectId, string> Names { get; private set; } = new Dictionary<ObjectId, string>();

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            var random = new Random(5);
            var customers = Enumerable.Range(0, 12).Select(_ => ObjectId.GenerateNewId()).ToArray();
            var courses = Enumerable.Range(0, 5).Select(_ => ObjectId.GenerateNewId()).ToArray();
            // The last two no longer have an account.
            Names = customers.SkipLast(2).Index().ToDictionary(pair => pair.Item, pair => $"customer {pair.Index}");
            await Host
                .Database.GetCollection<BsonDocument>(CollectionNames.Users)
                .InsertManyAsync(
                    Names.Select(pair => new BsonDocument
                    {
                        { "_id", pair.Key },
                        { "username", pair.Value },
                        { "email", $"{pair.Key}@movielms.example" },
                        { "emailNormalized", $"{pair.Key}@movielms.example" },
                        { "role", "student" },
                    })
                );
            var at = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
            Orders =
            [
                .. Enumerable
                    .Range(0, 600)
                    .Select(i =>
                    {
                        // A product of two random numbers, so that some customers order far more often than others.
                        var (customer, course) = (customers[random.Next(12) * random.Next(12) / 12], courses[random.Next(5)]);
                        var (quantity, price) = (random.Next(1, 9), random.Next(0, 20_000) / 100m);
                        return new OrderDocument
                        {
                            Id = ObjectId.GenerateNewId(at.AddMinutes(i).UtcDateTime),
                            Number = $"MO-20260301-{i:D6}",
                            CustomerId = customer,
                            CustomerName = $"name at {i / 100}",
                            CourseId = course,
                            Item = $"title at {i / 200}",
                            Quantity = quantity,
                            UnitPrice = price,
                            Amount = price * quantity,
                            Currency = random.Next(4) == 0 ? "USD" : "EUR",
                            Status = Statuses[random.Next(4)],
                            CreatedAt = at.AddMinutes(i),
                            UpdatedAt = at.AddMinutes(i),
                        };
                    }),
            ];
            // Not in the order of their IDs, on which the response must not depend.
            await Host.Database.GetCollection<OrderDocument>(OrderEntity.Collection).InsertManyAsync(Orders.OrderBy(order => order.Amount));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("paid")]
    [InlineData("cancelled")]
    public async Task By_customer_returns_totals_per_currency_and_the_latest_name(string? status)
    {
        var response = await ReadAsync("by-customer" + (status is null ? "" : $"?status={status}"));
        var expected = api
            .Orders.Where(order => status is null || string.Equals(order.Status.ToString(), status, StringComparison.OrdinalIgnoreCase))
            .GroupBy(order => order.CustomerId)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key)
            .Select(group =>
                $"{group.Key} {group.MaxBy(order => order.Id)!.CustomerName} {group.Count()} {group.Sum(order => order.Quantity)} {Totals(group)}"
            );
        Assert.Equal(
            expected,
            response
                .EnumerateArray()
                .Select(row =>
                    $"{row.GetProperty("customerId")} {row.GetProperty("customerName")} {row.GetProperty("orders")} {row.GetProperty("quantity")} {Totals(row)}"
                )
        );
    }

    [Fact]
    public async Task By_status_separates_paid_unpaid_and_cancelled_orders()
    {
        var response = await ReadAsync("by-status");
        var expected = api
            .Orders.GroupBy(order => order.Currency)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group =>
            {
                var sums = new[] { OrderStatus.Paid, OrderStatus.Pending, OrderStatus.Cancelled }.Select(kind =>
                    group
                        .Where(order => order.Status == kind || (kind == OrderStatus.Paid && order.Status == OrderStatus.Delivered))
                        .ToList()
                );
                return $"{group.Key} " + string.Join(' ', sums.Select(list => $"{list.Count} {Money(list.Sum(order => order.Amount))}"));
            });
        Assert.Equal(
            expected,
            response
                .EnumerateArray()
                .Select(row =>
                    $"{row.GetProperty("currency")} "
                    + string.Join(
                        ' ',
                        new[] { "paid", "unpaid", "cancelled" }.Select(kind =>
                            $"{row.GetProperty(kind + "Orders")} {Money(row.GetProperty(kind + "Amount").GetDecimal())}"
                        )
                    )
                )
        );
    }

    [Fact]
    public async Task By_item_excludes_cancelled_orders()
    {
        var response = await ReadAsync("by-item");
        var expected = api
            .Orders.Where(order => order.Status != OrderStatus.Cancelled)
            .GroupBy(order => order.CourseId)
            .OrderByDescending(group => group.Sum(order => order.Quantity))
            .ThenBy(group => group.Key)
            .Select(group =>
                $"{group.Key} {group.MaxBy(order => order.Id)!.Item} {group.Count()} {group.Sum(order => order.Quantity)} {Totals(group)}"
            );
        Assert.Equal(
            expected,
            response
                .EnumerateArray()
                .Select(row =>
                    $"{row.GetProperty("courseId")} {row.GetProperty("item")} {row.GetProperty("orders")} {row.GetProperty("quantity")} {Totals(row)}"
                )
        );
    }

    [Fact]
    public async Task Users_are_returned_with_their_latest_orders()
    {
        var response = await ReadAsync("users?limit=4");
        var expected = api
            .Orders.Where(order => api.Names.ContainsKey(order.CustomerId))
            .GroupBy(order => order.CustomerId)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key)
            .Take(4)
            .Select(group =>
                $"{group.Key} {api.Names[group.Key]} {group.Count()} "
                + string.Join(
                    ' ',
                    group
                        .OrderByDescending(order => order.Id)
                        .Take(20)
                        .Select(order =>
                            $"{order.Id} {order.Number} {order.Item} {order.Quantity} {Money(order.Amount)} {order.Currency} {JsonNamingPolicy.CamelCase.ConvertName(order.Status.ToString())} {order.CreatedAt:O}"
                        )
                )
            );
        Assert.Equal(
            expected,
            response
                .EnumerateArray()
                .Select(row =>
                    $"{row.GetProperty("userId")} {row.GetProperty("username")} {row.GetProperty("orderCount")} "
                    + string.Join(
                        ' ',
                        row.GetProperty("orders")
                            .EnumerateArray()
                            .Select(order =>
                                $"{order.GetProperty("id")} {order.GetProperty("orderNumber")} {order.GetProperty("item")} {order.GetProperty("quantity")} {Money(order.GetProperty("amount").GetDecimal())} {order.GetProperty("currency")} {order.GetProperty("status")} {order.GetProperty("createdAt").GetDateTimeOffset():O}"
                            )
                    )
                )
        );
    }

    [Fact]
    public async Task Invalid_parameters_return_400_and_a_new_order_is_counted_at_once()
    {
        using var admin = api.Admin();
        await (await admin.GetAsync("/api/analytics/orders/by-customer?status=lost")).AssertProblemAsync(400, "status");
        await (await admin.GetAsync("/api/analytics/orders/by-customer?limit=0")).AssertProblemAsync(400, "limit");
        await (await admin.GetAsync("/api/analytics/orders/users?limit=101")).AssertProblemAsync(400, "limit");

        await using var fresh = new ApiFixture();
        await fresh.InitializeAsync();
        using var other = fresh.Admin();
        Assert.Equal("[]", await other.GetStringAsync("/api/analytics/orders/by-status"));
        using var course = await other.PostAsJsonAsync(
            "/api/courses",
            new
            {
                title = "Sound",
                status = "published",
                price = 4.1,
                currency = "CHF",
            }
        );
        using var placed = await other.PostAsJsonAsync("/api/orders", new { courseId = (await course.JsonAsync()).Id() });
        Assert.True(placed.IsSuccessStatusCode);
        var row = Assert.Single((await other.GetFromJsonAsync<JsonElement>("/api/analytics/orders/by-status")).EnumerateArray());
        Assert.Equal(("CHF", 4.1m), (row.GetProperty("currency").GetString(), row.GetProperty("unpaidAmount").GetDecimal()));
    }

    private async Task<JsonElement> ReadAsync(string path)
    {
        using var admin = api.Admin();
        return await admin.GetFromJsonAsync<JsonElement>($"/api/analytics/orders/{path}");
    }

    private static string Totals(IEnumerable<OrderDocument> orders) =>
        string.Join(
            ' ',
            orders
                .GroupBy(order => order.Currency)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => $"{group.Key} {Money(group.Sum(order => order.Amount))}")
        );

    private static string Totals(JsonElement row) =>
        string.Join(
            ' ',
            row.GetProperty("totals")
                .EnumerateArray()
                .Select(total => $"{total.GetProperty("currency")} {Money(total.GetProperty("amount").GetDecimal())}")
        );

    private static string Money(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);
}
