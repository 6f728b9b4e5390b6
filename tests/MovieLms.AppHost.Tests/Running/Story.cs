using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using MovieLms.Testing;

namespace MovieLms.AppHost.Tests.Running;

/// <summary>A student's scenario through the gateway: register, sign in, upload to-dos, and receive events and mail.</summary>
internal static class Story
{
    private const string Student = "student@example.test";
    private const string Csv = "title,dueDate,priority\nCut the trailer,2027-01-15,high\nBook the cinema,2027-02-01,low\n";

    internal static async Task RunAsync(RunningApp app)
    {
        using var visitor = app.CreateClient();
        using var registered = await visitor.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "student",
                email = Student,
                password = RunningApp.Password,
            }
        );
        Assert.True(registered.IsSuccessStatusCode, await registered.Content.ReadAsStringAsync());

        using var student = await app.SignInAsync(Student, RunningApp.Password);
        await using var hub = Connect(app, student);
        var progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.On<JsonElement>("ImportProgress", _ => progress.TrySetResult());
        await hub.StartAsync();

        using var csv = new StringContent(Csv, null, "text/csv");
        using var accepted = await student.PostAsync("/api/todos/import", csv);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var import = await WaitForImportAsync(student, accepted.Headers.Location!);
        Assert.Equal((2, 0), (import.GetProperty("succeeded").GetInt32(), import.GetProperty("failed").GetInt32()));
        await progress.Task.WaitAsync(TimeSpan.FromSeconds(30));

        // The worker mails the report of the import.
        await Eventually.WaitUntilAsync(
            async () =>
                (await app.ReadSubjectsAsync(Student)).Any(subject => subject.Contains("import", StringComparison.OrdinalIgnoreCase)),
            "the report of the import is mailed",
            60
        );
        await RequireOneTraceAsync(app);
    }

    private static HubConnection Connect(RunningApp app, HttpClient student) =>
        new HubConnectionBuilder()
            .WithUrl(
                new Uri(app.Address, "/hubs/chat"),
                options => options.AccessTokenProvider = () => Task.FromResult(student.DefaultRequestHeaders.Authorization?.Parameter)
            )
            .Build();

    private static async Task<JsonElement> WaitForImportAsync(HttpClient client, Uri location)
    {
        JsonElement import = default;
        await Eventually.WaitUntilAsync(
            async () =>
            {
                import = await client.GetFromJsonAsync<JsonElement>(location);
                return import.GetProperty("state").GetString() is "completed" or "failed";
            },
            "the import ends",
            60
        );
        return import;
    }

    /// <summary>Asserts that upload, import, mail and hub event are one trace through the gateway and all services.</summary>
    private static async Task RequireOneTraceAsync(RunningApp app)
    {
        string[] services = ["apiservice", "realtime", "web", "worker"];
        var seen = string.Empty;
        try
        {
            await Eventually.WaitUntilAsync(
                () =>
                {
                    var traces = app
                        .Telemetry.Spans.GroupBy(span => span.TraceId)
                        .Where(trace => trace.Any(span => span.Name == "import"))
                        .ToArray();
                    seen = string.Join(
                        "; ",
                        traces.SelectMany(trace => trace).Select(span => $"{span.TraceId[..4]} {span.Service}: {span.Name}").Distinct()
                    );
                    return Task.FromResult(
                        traces.Any(trace =>
                            trace.Any(span => span.Name == "mail") && services.All(service => trace.Any(span => span.Service == service))
                        )
                    );
                },
                "one trace contains the upload, the import, the mail and the hub event",
                60
            );
        }
        catch (TimeoutException)
        {
            Assert.Fail($"No trace contains the upload, the import, the mail and the hub event. The spans of imports: {seen}");
        }
    }
}
