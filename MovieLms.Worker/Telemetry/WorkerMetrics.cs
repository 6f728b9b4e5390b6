using System.Diagnostics.Metrics;
using MovieLms.Data.Imports;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.Worker.Telemetry;

/// <summary>What this service measures of its own work; docs/imports.md lists the names. Collected only where telemetry is on.</summary>
internal sealed class WorkerMetrics
{
    private readonly Counter<long> _rows = Counter("movielms.import.rows", "{row}", "Rows of imports, by kind and outcome");
    private readonly Counter<long> _imports = Counter("movielms.imports", "{import}", "Imports that ended, by kind and outcome; retried: an attempt failed");
    private readonly Counter<long> _mails = Counter("movielms.mails", "{mail}", "Mails tried, by outcome: sent, retried, dead");
    private readonly Counter<long> _jobs = Counter("movielms.job.runs", "{run}", "Runs of recurring jobs, by job and outcome");
    private readonly Gauge<double> _rate = Gauge<double>("movielms.import.rate", "{row}/s", "Rows a second of the import that was counted last");
    private readonly Gauge<long> _queue = Gauge<long>("movielms.import.queue", "{import}", "Imports that wait or are worked on, over all workers");
    private readonly Gauge<long> _outbox = Gauge<long>("movielms.mail.queue", "{mail}", "Mails that wait, over all workers");
    private readonly Gauge<double> _oldest = Gauge<double>("movielms.mail.oldest", "s", "Age of the oldest unsent mail; 0 when none waits");
    private readonly Gauge<double> _lag = Gauge<double>("movielms.job.lag", "s", "Time since the last success, by job");

    internal void Counted(ImportKind kind, ImportProgress progress)
    {
        _rows.Add(progress.Succeeded, new("kind", kind.ToString()), new("outcome", "succeeded"));
        _rows.Add(progress.Failed, new("kind", kind.ToString()), new("outcome", "failed"));
        _rate.Record(progress.RowsPerSecond, new KeyValuePair<string, object?>("kind", kind.ToString()));
    }

    /// <summary>Counts an import that ended, or an attempt that did not.</summary>
    internal void ImportEnded(ImportKind kind, string outcome) => _imports.Add(1, new("kind", kind.ToString()), new("outcome", outcome));

    internal void MailTried(string outcome) => _mails.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    internal void JobEnded(string job, bool succeeded) => _jobs.Add(1, new("job", job), new("outcome", succeeded ? "succeeded" : "failed"));

    internal void Queues(long imports, long mails, TimeSpan oldestMail)
    {
        _queue.Record(imports);
        _outbox.Record(mails);
        _oldest.Record(oldestMail.TotalSeconds);
    }

    internal void JobLag(string job, TimeSpan lag) => _lag.Record(lag.TotalSeconds, new KeyValuePair<string, object?>("job", job));

    private static Counter<long> Counter(string name, string unit, string description) => MovieLmsTelemetry.Meter.CreateCounter<long>(name, unit, description);

    private static Gauge<T> Gauge<T>(string name, string unit, string description)
        where T : struct => MovieLmsTelemetry.Meter.CreateGauge<T>(name, unit, description);
}
