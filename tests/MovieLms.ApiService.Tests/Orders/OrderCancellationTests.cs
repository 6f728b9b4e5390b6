using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Application.Live;
using MovieLms.Data.Courses;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.ApiService.Tests.Orders;

public sealed class OrderCancellationTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task A_customer_cancels_a_pending_order_once_and_is_in_its_history()
    {
        var (customer, other) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        var order = await OrderAsync(customer);
        await (await CancelAsync(other.Client, order)).AssertProblemAsync(404);
        using var response = await CancelAsync(customer.Client, order);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("\"2-", response.Headers.ETag?.Tag);
        var cancelled = await response.JsonAsync();
        Assert.Equal("cancelled", cancelled.GetProperty("status").GetString());
        Assert.Equal(
            ["pending", "cancelled"],
            cancelled.GetProperty("history").EnumerateArray().Select(change => change.GetProperty("status").GetString())
        );
        await (await CancelAsync(customer.Client, order)).AssertProblemAsync(409);
        using var admin = api.Admin();
        await (await admin.PatchAsJsonAsync($"/api/orders/{order}", new { status = "paid" })).AssertProblemAsync(409);
        var notified = await customer.Client.GetFromJsonAsync<JsonElement>("/api/notifications");
        var title = Assert.Single(notified.GetProperty("items").EnumerateArray()).GetProperty("title").GetString();
        Assert.EndsWith("was canceled", title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paid_order_cannot_be_canceled_by_its_customer_and_a_stale_version_returns_412()
    {
        var customer = await api.CreateUserAsync();
        using var admin = api.Admin();
        var order = await OrderAsync(customer);
        await (await CancelAsync(customer.Client, order, "\"7\"")).AssertProblemAsync(412);
        await (await CancelAsync(customer.Client, order, "nonsense")).AssertProblemAsync(400, "If-Match");
        (await admin.PatchAsJsonAsync($"/api/orders/{order}", new { status = "paid" })).EnsureSuccessStatusCode();
        await (await CancelAsync(customer.Client, order, "\"1\"")).AssertProblemAsync(412);
        await (await CancelAsync(customer.Client, order)).AssertProblemAsync(409);
        await (await CancelAsync(admin, order)).AssertProblemAsync(409);
        Assert.Equal(
            "paid",
            (await customer.Client.GetFromJsonAsync<JsonElement>($"/api/orders/{order}")).GetProperty("status").GetString()
        );
    }

    [Fact]
    public async Task Of_a_concurrent_payment_and_cancellation_one_wins()
    {
        var customer = await api.CreateUserAsync();
        using var admin = api.Admin();
        for (var i = 0; i < 10; i++)
        {
            var order = await OrderAsync(customer);
            var responses = await Task.WhenAll(
                CancelAsync(customer.Client, order),
                admin.PatchAsJsonAsync($"/api/orders/{order}", new { status = "paid" }),
                CancelAsync(customer.Client, order)
            );
            Assert.Single(responses, response => response.IsSuccessStatusCode);
        }
    }

    [Fact]
    public async Task A_repeated_idempotency_key_returns_the_first_response()
    {
        var customer = await api.CreateUserAsync();
        var order = await OrderAsync(customer);
        customer.Client.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());
        var (first, second) = (await CancelAsync(customer.Client, order), await CancelAsync(customer.Client, order));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_cancellation_is_published_to_the_customers_connections()
    {
        var customer = await api.CreateUserAsync();
        var order = await OrderAsync(customer);
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var services = api.Host.App.Services;
        var channel = services.GetRequiredService<RedisNames>().GetChannel(LiveChannels.Orders);
        await services
            .GetRequiredService<IConnectionMultiplexer>()
            .GetSubscriber()
            .SubscribeAsync(
                channel,
                (_, message) =>
                {
                    if (message.ToString().Contains(order, StringComparison.Ordinal))
                        received.TrySetResult(message.ToString());
                }
            );
        (await CancelAsync(customer.Client, order)).EnsureSuccessStatusCode();
        Assert.Contains("cancelled", await received.Task.WaitAsync(TimeSpan.FromSeconds(60)), StringComparison.Ordinal);
    }

    private async Task<string> OrderAsync(Person customer)
    {
        var details = new CourseDetails("Lighting", null, 5, "EUR", null, CourseStatus.Published);
        var course = await api.Host.App.Services.GetRequiredService<CourseStore>().CreateAsync(customer.Id, details, default);
        return (await LearningFixture.PostAsync(customer.Client, "/api/orders", new { courseId = course.Id.ToString() })).Id();
    }

    private static Task<HttpResponseMessage> CancelAsync(HttpClient client, string order, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/orders/{order}/cancel");
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return client.SendAsync(request);
    }
}
