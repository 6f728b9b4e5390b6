using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Notifications;
using MovieLms.Data.Storage;

namespace MovieLms.ApiService.Tests.Orders;

public sealed class OrderEndpointTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task An_order_copies_the_courses_title_and_price_and_moves_from_pending_to_delivered()
    {
        var (course, customer) = (await CourseAsync(19.99m), await CustomerAsync());
        using var student = api.Student(customer);
        using var admin = api.Admin();
        using var placed = await student.PostAsJsonAsync(
            "/api/orders",
            new
            {
                courseId = course.ToString(),
                quantity = 1,
                status = "paid",
                amount = 0,
            }
        );
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        var order = await placed.JsonAsync();
        Assert.Equal(
            ("Lighting", 19.99m, "EUR", "pending"),
            (Text(order, "item"), order.GetProperty("amount").GetDecimal(), Text(order, "currency"), Text(order, "status"))
        );
        Assert.Matches("^MO-[0-9]{8}-[0-9A-Z]{6}$", Text(order, "orderNumber"));
        await (await student.GetAsync($"/api/orders/{order.Id()}/receipt.pdf")).AssertProblemAsync(404);
        await (await student.PatchAsJsonAsync($"/api/orders/{order.Id()}", new { status = "paid" })).AssertProblemAsync(403);
        await (await admin.PatchAsJsonAsync($"/api/orders/{order.Id()}", new { status = "delivered" })).AssertProblemAsync(409);

        Assert.Equal("paid", await ChangeAsync(admin, order.Id(), "paid"));
        using var receipt = await student.GetAsync($"/api/orders/{order.Id()}/receipt.pdf");
        Assert.Equal("application/pdf", receipt.Content.Headers.ContentType?.MediaType);
        Assert.Equal("%PDF-", System.Text.Encoding.ASCII.GetString(await receipt.Content.ReadAsByteArrayAsync(), 0, 5));
        Assert.Equal(1, await CountAsync(CollectionNames.Outbox, new BsonDocument("key", $"receipt:{order.Id()}")));

        Assert.Equal("delivered", await ChangeAsync(admin, order.Id(), "delivered"));
        Assert.True(await Get<EnrollmentStore>().IsActiveAsync(course, customer, default));
        Assert.Equal(2, await CountAsync(NotificationEntity.Collection, new BsonDocument { { "userId", customer }, { "kind", "order" } }));
        Assert.Equal(1, await CountAsync(CollectionNames.Outbox, new BsonDocument("key", $"receipt:{order.Id()}")));
        await (await admin.PatchAsJsonAsync($"/api/orders/{order.Id()}", new { status = "cancelled" })).AssertProblemAsync(409);
    }

    [Fact]
    public async Task Users_can_read_and_list_only_their_own_orders()
    {
        var course = await CourseAsync(5);
        using var student = api.Student();
        using var other = api.Student();
        using var admin = api.Admin();
        var order = await OrderAsync(student, course);
        await (await other.GetAsync($"/api/orders/{order.Id()}")).AssertProblemAsync(404);
        await (await other.GetAsync($"/api/orders/{order.Id()}/receipt.pdf")).AssertProblemAsync(404);
        Assert.Equal(0, await CountListedAsync(other, $"?customerId={Text(order, "customerId")}"));
        Assert.Equal(1, await CountListedAsync(student, "?status=pending"));
        Assert.Equal(0, await CountListedAsync(student, "?status=paid"));
        Assert.Equal(1, await CountListedAsync(admin, $"?customerId={Text(order, "customerId")}&status=pending"));
        Assert.Equal(1, await CountListedAsync(admin, $"?customer={Text(order, "customerId")}&status=pending"));
        await (await admin.GetAsync("/api/orders?status=lost")).AssertProblemAsync(400, "status");
        await (await admin.GetAsync("/api/orders?customer=x")).AssertProblemAsync(400, "customer");
        await (await admin.GetAsync("/api/orders?customerId=x")).AssertProblemAsync(400, "customerId");
    }

    [Fact]
    public async Task Draft_and_unknown_courses_return_404_and_archived_ones_409()
    {
        using var student = api.Student();
        async Task AssertRejectedAsync(string id, int status)
        {
            using var response = await student.PostAsJsonAsync("/api/orders", new { courseId = id });
            await response.AssertProblemAsync(status);
        }
        await AssertRejectedAsync(ObjectId.GenerateNewId().ToString(), 404);
        await AssertRejectedAsync((await CourseAsync(5, status: CourseStatus.Draft)).ToString(), 404);
        var archived = await CourseAsync(5);
        await api
            .Host.Database.GetCollection<BsonDocument>(CourseEntity.Collection)
            .UpdateOneAsync(
                new BsonDocument("_id", archived),
                new BsonDocument("$set", new BsonDocument("archivedAt", DateTime.UnixEpoch))
            );
        await AssertRejectedAsync(archived.ToString(), 409);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_quantity_other_than_one_is_rejected_because_an_order_enrolls_one_student(int quantity)
    {
        var course = await CourseAsync(5);
        using var student = api.Student();
        using var response = await student.PostAsJsonAsync("/api/orders", new { courseId = course.ToString(), quantity });
        await response.AssertProblemAsync(400, "quantity");
        Assert.Contains("one seat", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await CountListedAsync(student, ""));
    }

    [Fact]
    public async Task A_repeated_idempotency_key_places_one_order()
    {
        var course = await CourseAsync(5);
        using var student = api.Student();
        student.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());
        Assert.Equal((await OrderAsync(student, course)).Id(), (await OrderAsync(student, course)).Id());
        Assert.Equal(1, await CountListedAsync(student, ""));
    }

    [Fact]
    public async Task An_order_of_a_full_course_stays_paid_and_can_be_cancelled()
    {
        var course = await CourseAsync(5, capacity: 1);
        await Get<EnrollmentStore>().EnrollAsync(course, ObjectId.GenerateNewId(), default);
        using var student = api.Student();
        using var admin = api.Admin();
        var order = await OrderAsync(student, course);
        await ChangeAsync(admin, order.Id(), "paid");
        await (await admin.PatchAsJsonAsync($"/api/orders/{order.Id()}", new { status = "delivered" })).AssertProblemAsync(409);
        Assert.Equal("cancelled", await ChangeAsync(admin, order.Id(), "cancelled"));
    }

    [Fact]
    public async Task Conflicting_concurrent_changes_return_409_and_a_stale_version_412()
    {
        var course = await CourseAsync(5);
        using var student = api.Student();
        using var admin = api.Admin();
        var order = await OrderAsync(student, course);
        var responses = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(i => admin.PatchAsJsonAsync($"/api/orders/{order.Id()}", new { status = i % 2 == 0 ? "paid" : "cancelled" }))
        );
        var history = (await admin.GetFromJsonAsync<JsonElement>($"/api/orders/{order.Id()}")).GetProperty("history").GetArrayLength();
        Assert.Equal(history - 1, responses.Count(response => response.IsSuccessStatusCode));
        Assert.All(
            responses.Where(response => !response.IsSuccessStatusCode),
            response => Assert.Equal(HttpStatusCode.Conflict, response.StatusCode)
        );
        using var stale = new HttpRequestMessage(HttpMethod.Patch, $"/api/orders/{order.Id()}")
        {
            Content = JsonContent.Create(new { status = "cancelled" }),
        };
        stale.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        await (await admin.SendAsync(stale)).AssertProblemAsync(412);
    }

    private T Get<T>()
        where T : notnull => api.Host.App.Services.GetRequiredService<T>();

    private async Task<ObjectId> CourseAsync(decimal price, int? capacity = null, CourseStatus status = CourseStatus.Published) =>
        (
            await Get<CourseStore>()
                .CreateAsync(ObjectId.GenerateNewId(), new CourseDetails("Lighting", null, price, "EUR", capacity, status), default)
        ).Id;

    private async Task<ObjectId> CustomerAsync()
    {
        var id = ObjectId.GenerateNewId();
        await api
            .Host.Database.GetCollection<BsonDocument>(CollectionNames.Users)
            .InsertOneAsync(
                new BsonDocument
                {
                    { "_id", id },
                    { "username", "Ada" },
                    { "email", $"{id}@example.test" },
                    { "emailNormalized", $"{id}@example.test" },
                    { "role", "student" },
                }
            );
        return id;
    }

    private static async Task<JsonElement> OrderAsync(HttpClient client, ObjectId course)
    {
        using var response = await client.PostAsJsonAsync("/api/orders", new { courseId = course.ToString() });
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }

    private static async Task<string> ChangeAsync(HttpClient client, string id, string status)
    {
        using var response = await client.PatchAsJsonAsync($"/api/orders/{id}", new { status });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return Text(await response.JsonAsync(), "status");
    }

    private static async Task<int> CountListedAsync(HttpClient client, string query) =>
        (await client.GetFromJsonAsync<JsonElement>($"/api/orders{query}")).GetProperty("items").GetArrayLength();

    private Task<long> CountAsync(string collection, BsonDocument filter) =>
        api.Host.Database.GetCollection<BsonDocument>(collection).CountDocumentsAsync(filter);

    private static string Text(JsonElement document, string name) => document.GetProperty(name).GetString()!;
}
