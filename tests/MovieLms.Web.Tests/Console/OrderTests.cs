using System.Net;

namespace MovieLms.Web.Tests.Console;

/// <summary>The pages of orders, with an API that responds as each test says.</summary>
public sealed class OrderTests
{
    private static readonly string Id = new('0', 24);
    private static readonly string CourseId = new('1', 24);

    [Fact]
    public async Task A_student_sees_own_orders_and_orders_a_course()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond("GET /api/orders", Page(Order("paid")));
        console.Respond("GET /api/courses", Page(Course()));
        var (_, html) = await console.GetAsync("/orders?status=paid&customer=2");
        Assert.Contains(console.Api.Received, request => request.Target.Contains("status=paid") && !request.Target.Contains("customerId"));
        Assert.Contains("MO-20261122-7K3QXA", html);
        Assert.Contains("1,219.50 EUR", html);
        Assert.DoesNotContain("Customer", html);
        Assert.DoesNotContain("/analytics/orders-by-status", html);

        console.Respond("POST /api/orders", Order("pending"), 201);
        var (response, _) = await console.PostAsync("/orders", "order", ("courseId", CourseId));
        Assert.EndsWith($"/orders/{Id}", response.Headers.Location!.ToString());
        Assert.Contains(CourseId, console.GetBody("POST /api/orders"));
    }

    [Fact]
    public async Task An_order_without_a_course_and_a_refused_one_show_why()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond("GET /api/orders", Page());
        console.Respond("GET /api/courses", Page(Course()));
        var (_, html) = await console.PostAsync("/orders", "order", ("courseId", ""));
        Assert.Contains("Choose a course.</p>", html);
        console.Refuse("POST /api/orders", 409, "The course is archived");
        (_, html) = await console.PostAsync($"/orders?course={CourseId}", "order", ("courseId", CourseId));
        Assert.Contains("The course is archived", html);
    }

    [Fact]
    public async Task An_administrator_sees_all_orders_and_the_analytics()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond("GET /api/orders", Page(Order("paid")));
        console.Respond("GET /api/courses", Page());
        var (_, html) = await console.GetAsync("/orders?customer=222222222222222222222222");
        Assert.Contains(console.Api.Received, request => request.Target.Contains("customerId=222222222222222222222222"));
        Assert.Contains("Only the orders of <b>Ada &lt;L&gt;</b>", html);
        Assert.Contains("/analytics/orders-by-status", html);
    }

    [Theory]
    [InlineData("student", "pending", true, false, null)]
    [InlineData("student", "paid", false, true, null)]
    [InlineData("student", "delivered", false, true, null)]
    [InlineData("student", "cancelled", false, false, null)]
    [InlineData("admin", "pending", true, false, "Mark as paid")]
    [InlineData("admin", "paid", true, true, "Deliver: enroll the customer")]
    [InlineData("admin", "cancelled", false, false, null)]
    public async Task An_order_offers_what_its_status_and_the_role_allow(
        string role,
        string status,
        bool canCancel,
        bool hasReceipt,
        string? next
    )
    {
        await using var console = await ConsoleHost.StartAsync(role);
        console.Respond($"GET /api/orders/{Id}", Order(status));
        var (_, html) = await console.GetAsync($"/orders/{Id}");
        Assert.Equal(canCancel, html.Contains("Cancel this order", StringComparison.Ordinal));
        Assert.Equal(hasReceipt, html.Contains($"href=\"/api/orders/{Id}/receipt.pdf\"", StringComparison.Ordinal));
        foreach (var button in new[] { "Mark as paid", "Deliver: enroll the customer" })
            Assert.Equal(button == next, html.Contains(button, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("student", "pending", "cancel", null, "POST", "/cancel", "")]
    [InlineData("admin", "paid", "cancel", null, "PATCH", "", "\"status\":\"cancelled\"")]
    [InlineData("admin", "pending", "change", "paid", "PATCH", "", "\"status\":\"paid\"")]
    [InlineData("admin", "paid", "change", "delivered", "PATCH", "", "\"status\":\"delivered\"")]
    public async Task A_change_names_the_version_that_the_visitor_saw(
        string role,
        string status,
        string form,
        string? next,
        string method,
        string path,
        string body
    )
    {
        await using var console = await ConsoleHost.StartAsync(role);
        console.Respond($"GET /api/orders/{Id}", Order(status));
        console.Respond($"{method} /api/orders/{Id}{path}", Order("cancelled"));
        var (response, _) = await console.PostAsync($"/orders/{Id}", form, ("version", "3"), ("status", next ?? ""));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var request = console.Api.Received.Single(received => received.Method == method);
        Assert.Equal("\"3\"", request.Headers["If-Match"]);
        Assert.Contains(body, console.GetBody($"{method} /api/orders/{Id}{path}"));
    }

    [Fact]
    public async Task A_refused_cancellation_shows_why()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond($"GET /api/orders/{Id}", Order("pending"));
        console.Refuse($"POST /api/orders/{Id}/cancel", 409, "Only a pending order can be canceled");
        var (_, html) = await console.PostAsync($"/orders/{Id}", "cancel", ("version", "3"));
        Assert.Contains("Only a pending order can be canceled", html);
    }

    private static object Order(string status) =>
        new
        {
            id = Id,
            orderNumber = "MO-20261122-7K3QXA",
            customerId = new string('2', 24),
            customerName = "Ada <L>",
            courseId = CourseId,
            item = "Lighting",
            quantity = 1,
            unitPrice = 1219.5,
            amount = 1219.5,
            currency = "EUR",
            status,
            history = new[] { new { status = "pending", at = "2026-01-02T03:04:05Z" } },
            version = 3,
            createdAt = "2026-01-02T03:04:05Z",
            updatedAt = "2026-01-02T03:04:05Z",
        };

    private static object Course() =>
        new
        {
            id = CourseId,
            title = "Lighting",
            price = 1219.5,
            currency = "EUR",
            status = "published",
            version = 1,
        };

    private static object Page(object? item = null) =>
        new { items = item is null ? Array.Empty<object>() : [item], nextCursor = (string?)null };
}
