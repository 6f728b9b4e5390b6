using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using MovieLms.EndToEnd.Containers;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Deploy;

/// <summary>Runs deploy/compose.yaml, uses it through the gateway only, and restarts one service at a time.</summary>
public sealed class ComposeRunTests(ComposeProject compose) : IClassFixture<ComposeProject>
{
    [Fact]
    public async Task A_one_off_service_creates_the_indexes()
    {
        ContainerEngine.SkipUnlessEnabled();
        Assert.Equal("exited 0", await ComposeProject.GetExitStatusAsync("database"));
    }

    [Fact]
    public async Task Only_the_gateway_is_published_and_only_on_the_loopback_address()
    {
        ContainerEngine.SkipUnlessEnabled();
        var published = $"8080/tcp -> 127.0.0.1:{compose.Gateway.Port}";
        Assert.StartsWith(published, await ComposeProject.GetPortsAsync("web"), StringComparison.Ordinal);
        foreach (var service in new[] { "apiservice", "worker", "realtime", "mongo", "redis", "mail" })
            Assert.Equal("", await ComposeProject.GetPortsAsync(service));
    }

    [Fact]
    public async Task A_student_can_register_upload_a_file_and_receive_hub_events()
    {
        ContainerEngine.SkipUnlessEnabled();
        using var student = await RegisterAsync();
        var token = student.DefaultRequestHeaders.Authorization!.Parameter!;
        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(compose.Gateway, "/hubs/chat"), options => options.AccessTokenProvider = () => Task.FromResult<string?>(token))
            .Build();
        var progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.On<JsonElement>("ImportProgress", _ => progress.TrySetResult());
        await hub.StartAsync(Cancellation);

        using var csv = new StringContent(
            "title,dueDate,priority\nCut the trailer,2027-01-15,high\nBook the cinema,2027-02-01,low\n",
            null,
            "text/csv"
        );
        using var accepted = await student.PostAsync("/api/todos/import", csv, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var import = await WaitForImportAsync(student, accepted.Headers.Location!);
        Assert.Equal(2, import.GetProperty("succeeded").GetInt32());
        await progress.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    [Theory]
    [InlineData("apiservice")]
    [InlineData("worker")]
    [InlineData("realtime")]
    [InlineData("web")]
    [InlineData("redis")]
    [InlineData("mongo")]
    public async Task Everything_works_after_restarting(string service)
    {
        ContainerEngine.SkipUnlessEnabled();
        using var student = await RegisterAsync();
        using var created = await student.PostAsJsonAsync("/api/todos", new { title = $"Before the restart of {service}" }, Cancellation);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);

        await compose.RestartAsync(service);

        Assert.Equal(HttpStatusCode.OK, (await student.GetAsync(created.Headers.Location, Cancellation)).StatusCode);
        using var csv = new StringContent("title\nAfter the restart\n", null, "text/csv");
        using var accepted = await student.PostAsync("/api/todos/import", csv, Cancellation);
        Assert.Equal(1, (await WaitForImportAsync(student, accepted.Headers.Location!)).GetProperty("succeeded").GetInt32());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<JsonElement> WaitForImportAsync(HttpClient client, Uri location)
    {
        JsonElement import = default;
        await Eventually.WaitUntilAsync(
            async () => (import = await client.GetFromJsonAsync<JsonElement>(location)).GetProperty("state").GetString() == "completed",
            "the import is completed",
            60
        );
        return import;
    }

    private async Task<HttpClient> RegisterAsync()
    {
        var email = TestUsers.NewEmail();
        using var anonymous = new HttpClient { BaseAddress = compose.Gateway };
        using var registered = await anonymous.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "A student",
                email,
                password = TestUsers.Password,
            }
        );
        Assert.True(registered.IsSuccessStatusCode, await registered.Content.ReadAsStringAsync());
        return await ApiClient.SignInAsync(compose.Gateway, email, TestUsers.Password);
    }
}
