using System.Globalization;
using System.Net;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Telemetry;

namespace MovieLms.EndToEnd.Telemetry;

/// <summary>The telemetry of one upload across all services, as an OTLP collector receives it.</summary>
public sealed class OneTraceTests
{
    private const string Email = "telemetry-admin@movielms.example";
    private const string Password = "rosebud was a sled";

    [Fact]
    public async Task An_upload_is_one_trace_from_the_request_to_the_job_its_mail_and_its_hub_message()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var mail = TestMailCatcher.Start();
        var settings = new Dictionary<string, string?>(collector.Environment)
        {
            ["Admin__Email"] = Email,
            ["Admin__Password"] = Password,
            ["ConnectionStrings__smtp"] = mail.ConnectionString,
        };
        await using var services = await ServiceProcesses.StartAsync(BackingServices.CreateName(), settings);
        using var client = await ApiClient.SignInAsync(services.Api, Email, Password);

        // A browser's connection, with the token in the query string.
        var token = client.DefaultRequestHeaders.Authorization!.Parameter!;
        using var browser = await RawWebSocket.ConnectAsync(services.Realtime, $"/hubs/chat?access_token={token}");
        Assert.Equal(101, browser.Status);
        await browser.SendAsync("{\"protocol\":\"json\",\"version\":1}\u001e");
        Assert.Equal("{}\u001e", (await browser.ReceiveAsync())!.Text);

        using var file = new MultipartFormDataContent { { new StringContent("""[{"Title":"The Third Man"}]"""), "file", "one.json" } };
        using var accepted = await client.PostAsync("/api/movies/import", file);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);

        await Eventually.WaitUntilAsync(() => Task.FromResult(FindSpan("mail") is not null), "the mail's span is exported", 60);
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(FindSpan("POST /api/movies/import") is not null),
            "the request's span is exported",
            30
        );
        var trace = FindSpan("POST /api/movies/import")!.TraceId;
        Assert.Equal(trace, FindSpan("import")!.TraceId);
        Assert.Equal(trace, collector.Spans.Last(span => span.Name == "mail").TraceId);
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(collector.Spans.Any(span => span.Name == "hub imports:progress" && span.TraceId == trace)),
            "the hub's span is exported",
            30
        );
        while ((await browser.ReceiveAsync()) is { } frame && !frame.Text.Contains("ImportProgress", StringComparison.Ordinal))
            Assert.Equal(1, frame.Opcode);
        var spans = collector.Spans.Where(span => span.TraceId == trace).ToArray();
        var publish = spans.First(span => span.Name == "PUBLISH");
        Assert.Equal("PUBLISH", publish.Attributes["db.operation.name"]);
        Assert.Equal("redis", publish.Attributes["db.system.name"]);
        Assert.NotEmpty(publish.Attributes["server.address"]);
        Assert.True(int.Parse(publish.Attributes["server.port"], CultureInfo.InvariantCulture) > 0);
        Assert.DoesNotContain(publish.Attributes.Values, value => value.Contains("imports:progress", StringComparison.Ordinal));
        Assert.Superset(
            new HashSet<string> { "MovieLms.ApiService", "MovieLms.Worker", "MovieLms.Realtime" },
            spans.Select(span => span.Service).ToHashSet()
        );

        await Eventually.WaitUntilAsync(
            () => Task.FromResult(collector.Logs.Any(log => log.Service == "MovieLms.Worker" && log.TraceId == trace)),
            "the job's log record has the trace ID",
            30
        );
        var record = collector.Logs.First(log =>
            log.Service == "MovieLms.Worker" && log.TraceId == trace && log.Attributes.ContainsKey("ImportId")
        );
        Assert.Contains(spans, span => span.Name == "import" && span.Attributes["import.id"] == record.Attributes["ImportId"]);
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(IsMeasured("MovieLms.ApiService", "http.server.request.duration")),
            "requests are measured",
            30
        );
        browser.Dispose();
        await Eventually.WaitUntilAsync(
            () =>
                Task.FromResult(
                    collector.Spans.Any(span =>
                        span.Service == "MovieLms.Realtime" && span.Name.Contains("/hubs/chat", StringComparison.Ordinal)
                    )
                ),
            "the connection's own span is exported",
            30
        );
        Assert.False(collector.HasExported(token.Split('.')[^1]), "A token was exported.");
        Assert.False(collector.HasExported(Email), "An address was exported.");
        Assert.False(collector.HasExported(Password), "A password was exported.");

        ReceivedSpan? FindSpan(string name) => collector.Spans.FirstOrDefault(span => span.Name == name);
        bool IsMeasured(string service, string metric) => collector.Metrics.ContainsKey((service, metric));
    }
}
