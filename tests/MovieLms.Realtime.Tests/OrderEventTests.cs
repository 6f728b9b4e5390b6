using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Tests.Chat;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests;

/// <summary>A new status of an order reaches the customer's open connections, and no others.</summary>
public sealed class OrderEventTests
{
    [Fact]
    public async Task Each_status_reaches_every_connection_of_the_customer()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Realtime });
        var (alice, bob, admin) = (await host.SignInStudentAsync(), await host.SignInStudentAsync(), await host.SignInAdminAsync());
        await using var phone = await ChatClient.ConnectAsync(host.Address, alice.AccessToken);
        await using var laptop = await ChatClient.ConnectAsync(host.Address, alice.AccessToken, messagePack: true);
        await using var other = await ChatClient.ConnectAsync(host.Address, bob.AccessToken);
        var received = new ConcurrentDictionary<ChatClient, ConcurrentQueue<OrderChangedEvent>>();
        foreach (var client in new[] { phone, laptop, other })
            client.Hub.On<OrderChangedEvent>("OrderChanged", received.GetOrAdd(client, _ => new()).Enqueue);

        var course = await SendAsync(
            admin,
            HttpMethod.Post,
            "/api/courses",
            new
            {
                title = "Sound",
                status = "published",
                price = 12,
                currency = "EUR",
            }
        );
        var order = await SendAsync(alice, HttpMethod.Post, "/api/orders", new { courseId = Text(course, "id") });
        await SendAsync(admin, HttpMethod.Patch, $"/api/orders/{Text(order, "id")}", new { status = "paid" });
        await SendAsync(admin, HttpMethod.Patch, $"/api/orders/{Text(order, "id")}", new { status = "delivered" });

        foreach (var client in new[] { phone, laptop })
        {
            await Eventually.WaitUntilAsync(
                () => Task.FromResult(received[client].Any(change => change.Status == "delivered")),
                "the delivered event arrives"
            );
            Assert.Equal(["paid", "delivered"], received[client].Select(change => change.Status).Distinct());
            Assert.All(
                received[client],
                change =>
                    Assert.Equal(
                        (Text(order, "id"), Text(order, "orderNumber"), "Sound"),
                        (change.OrderId, change.OrderNumber, change.Item)
                    )
            );
        }
        Assert.Empty(received[other]);
    }

    private static async Task<JsonElement> SendAsync(TestUser user, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var response = await user.Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
