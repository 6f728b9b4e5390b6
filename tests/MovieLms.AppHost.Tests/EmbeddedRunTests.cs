using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.Testing;

namespace MovieLms.AppHost.Tests;

/// <summary>The whole model, started for real without a container runtime: its backing services are processes.</summary>
public sealed class EmbeddedRunTests
{
    private const string Password = "curtain-falls-slowly-42";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_student_registers_and_a_list_of_todos_goes_through_the_worker()
    {
        using var patience = new CancellationTokenSource(Patience);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.MovieLms_AppHost>(
            ["--Run:Backing=embedded", "--Deploy:Volumes=false", "--Parameters:admin-email=admin@example.test", $"--Parameters:admin-password={Password}"],
            patience.Token);
        await using var app = await builder.BuildAsync(patience.Token);
        Say("built");
        await app.StartAsync(patience.Token);
        Say("started");
        foreach (var name in new[] { "mongodb", "redis", "apiservice", "worker", "realtime" })
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(name, patience.Token);
            Say(name + " healthy");
        }

        using var client = app.CreateHttpClient("apiservice", "http");
        using var registered = await client.PostAsJsonAsync(
            "/api/auth/register", new { username = "student", email = "student@example.test", password = Password }, patience.Token);
        Assert.True(registered.IsSuccessStatusCode, await registered.Content.ReadAsStringAsync(patience.Token));
        using var answer = await client.PostAsJsonAsync("/api/auth/login", new { email = "admin@example.test", password = Password }, patience.Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(patience.Token));
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(patience.Token)).GetProperty("accessToken").GetString();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        using var csv = new StringContent("title,dueDate,priority\nCut the trailer,2027-01-15,high\nBook the cinema,2027-02-01,low\n", null, "text/csv");
        using var accepted = await client.PostAsync("/api/todos/import", csv, patience.Token);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        JsonElement import;
        do
        {
            await Task.Delay(100, patience.Token);
            import = await client.GetFromJsonAsync<JsonElement>(accepted.Headers.Location, patience.Token);
        }
        while (import.GetProperty("state").GetString() is not ("completed" or "failed"));
        Say("imported");
        Assert.Equal(2, import.GetProperty("succeeded").GetInt32());
        await app.StopAsync(patience.Token);
        Say("stopped");

        void Say(string what) => Console.Error.WriteLine($"[{watch.Elapsed.TotalSeconds:0.0} s] {what}");
    }
}
