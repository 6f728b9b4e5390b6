using System.Net;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Telemetry;

/// <summary>What an operator sees of one upload that goes through all the services, as an OTLP collector receives it.</summary>
public sealed class OneTraceTests
{
    private const string Email = "telemetry-admin@movielms.example";
    private const string Password = "rosebud was a sled";

    [Fact]
    public async Task An_upload_is_one_trace_from_the_request_to_the_job_and_its_mail()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        using var mail = new TemporaryFolder();
        var settings = new Dictionary<string, string?>(collector.Environment)
        {
            ["Admin__Email"] = Email, ["Admin__Password"] = Password, ["ConnectionStrings__smtp"] = $"pickup://{mail.Path}",
        };
        await using var services = await ServiceProcesses.StartAsync(BackingServices.NewName(), settings);
        using var client = await ApiClient.SignInAsync(services.Api, Email, Password);

        using var file = new MultipartFormDataContent { { new StringContent("""[{"Title":"The Third Man"}]"""), "file", "one.json" } };
        using var accepted = await client.PostAsync("/api/movies/import", file);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);

        await Eventually.TrueAsync(() => Task.FromResult(Find("mail") is not null), "the mail's span is exported", 60);
        await Eventually.TrueAsync(() => Task.FromResult(Find("POST /api/movies/import") is not null), "the request's span is exported", 30);
        var trace = Find("POST /api/movies/import")!.TraceId;
        Assert.Equal(trace, Find("import")!.TraceId);
        Assert.Equal(trace, collector.Spans.Last(span => span.Name == "mail").TraceId);
        var spans = collector.Spans.Where(span => span.TraceId == trace).ToArray();
        Assert.Contains(spans, span => span.Name == "PUBLISH");
        Assert.Superset(new HashSet<string> { "MovieLms.ApiService", "MovieLms.Worker" }, spans.Select(span => span.Service).ToHashSet());

        await Eventually.TrueAsync(() => Task.FromResult(collector.Logs.Any(log => log.Service == "MovieLms.Worker" && log.TraceId == trace)), "the job's log line carries the trace", 30);
        await Eventually.TrueAsync(() => Task.FromResult(Measured("MovieLms.ApiService", "http.server.request.duration")), "requests are measured", 30);
        Assert.False(collector.Exported(Email), "An address was exported.");
        Assert.False(collector.Exported(Password), "A password was exported.");

        ReceivedSpan? Find(string name) => collector.Spans.FirstOrDefault(span => span.Name == name);
        bool Measured(string service, string metric) => collector.Metrics.ContainsKey((service, metric));
    }
}
