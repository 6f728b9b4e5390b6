using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MovieLms.Data.Imports;
using MovieLms.Data.Mail;
using MovieLms.ServiceDefaults.Telemetry;
using MovieLms.Worker.Jobs;
using MovieLms.Worker.Tests.Imports;

namespace MovieLms.Worker.Tests.Telemetry;

[Collection(NotParallelCollection.Name)]
public sealed class WorkerMetricsTests
{
    [Fact]
    public async Task Queues_rates_failures_and_lags_are_recorded()
    {
        await using var fixture = await ImportFixture.StartAsync();
        using var meters = new Measurements();
        await fixture.Get<OutboxStore>().AddAsync(new OutgoingMail("a@example.test", "One", "text", "<p>html</p>"), default);
        await fixture.QueueAsync(Encoding.UTF8.GetBytes("title\ngood\n\"\"\n"), ImportFormat.Csv);
        await fixture.QueueAsync(Encoding.UTF8.GetBytes("no header at all"), ImportFormat.Csv);
        var sampler = fixture.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<QueueSampler>().Single();
        await sampler.SampleAsync(default);
        Assert.Equal(2, meters["movielms.import.queue"]);
        Assert.Equal(1, meters["movielms.mail.queue"]);
        Assert.True(meters["movielms.mail.oldest"] >= 0);

        Assert.True(await fixture.Processor.RunNextAsync(default));
        Assert.True(await fixture.Processor.RunNextAsync(default));
        await fixture.Get<RecurringJobs>().RunAsync("uploads-sweep", default);
        await sampler.SampleAsync(default);
        Assert.Equal(0, meters["movielms.import.queue"]);
        Assert.True(meters["movielms.import.rate"] > 0);
        Assert.Equal(1, meters["movielms.import.rows outcome=succeeded"]);
        Assert.Equal(1, meters["movielms.import.rows outcome=failed"]);
        Assert.Equal(1, meters["movielms.imports outcome=completed"]);
        Assert.Equal(1, meters["movielms.imports outcome=failed"]);
        Assert.Equal(1, meters["movielms.job.runs job=uploads-sweep outcome=succeeded"]);
        Assert.True(meters["movielms.job.lag job=uploads-sweep"] >= 0);
    }

    [Fact]
    public async Task Health_contains_each_jobs_last_success_lag_and_next_run()
    {
        await using var fixture = await ImportFixture.StartAsync();
        await fixture.Get<RecurringJobs>().RunAsync("uploads-sweep", default);
        await Testing.Eventually.WaitUntilAsync(
            async () =>
            {
                var health = await fixture.Client.GetFromJsonAsync<JsonElement>("/health");
                var text = health.GetProperty("checks").GetProperty("jobs").GetProperty("uploads-sweep").GetString()!;
                return text.StartsWith("last success 2", StringComparison.Ordinal)
                    && text.Contains("lag ", StringComparison.Ordinal)
                    && text.Contains("next 2", StringComparison.Ordinal);
            },
            "the schedule is known",
            60
        );
    }

    /// <summary>The latest value of each gauge and the sum of each counter. All hosts of a process share the instruments.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, double> _values = new();

        internal Measurements()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == MovieLmsTelemetry.Meter)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
            _listener.Start();
        }

        internal double this[string name] => _values[name];

        public void Dispose() => _listener.Dispose();

        private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var name = instrument.Name;
            foreach (var (key, tag) in tags)
            {
                if (key != "kind")
                    name += $" {key}={tag}";
            }

            _values.AddOrUpdate(name, value, (_, known) => instrument is Counter<long> ? known + value : value);
        }
    }
}
