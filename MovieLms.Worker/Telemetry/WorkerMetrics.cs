using System.Diagnostics.Metrics;
using MovieLms.Data.Imports;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.Worker.Telemetry;

/// <summary>Records the metrics of imports, mail and jobs (docs/telemetry.md). They are collected only if telemetry is enabled.</summary>
internal sealed class WorkerMetrics
{
    /// <summary>Bucket boundaries in seconds, from a short job to the longest one.</summary>
    private static readonly double[] DurationBounds = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 7200];

    private static readonly Counter<long> Rows = Counter("movielms.import.rows", "{row}", "Rows of imports");
    private static readonly Counter<long> Imports = Counter("movielms.imports", "{import}", "Imports that ended, and attempts that failed");
    private static readonly Counter<long> Mails = Counter("movielms.mails", "{mail}", "Attempts to send a mail");
    private static readonly Counter<long> Jobs = Counter("movielms.job.runs", "{run}", "Runs of scheduled jobs");
    private static readonly Gauge<double> Rate = Gauge<double>("movielms.import.rate", "{row}/s", "Rows per second of the latest batch");
    private static readonly Gauge<long> ImportQueue = Gauge<long>(
        "movielms.import.queue",
        "{import}",
        "Imports that wait or run, over all workers"
    );
    private static readonly Gauge<long> MailQueue = Gauge<long>("movielms.mail.queue", "{mail}", "Mails that wait, over all workers");
    private static readonly Gauge<double> OldestMail = Gauge<double>(
        "movielms.mail.oldest",
        "s",
        "Age of the oldest mail that waits; 0 for none"
    );
    private static readonly Gauge<double> Lag = Gauge<double>("movielms.job.lag", "s", "Time since a job last succeeded");
    private static readonly Histogram<double> ImportDuration = Duration(
        "movielms.import.duration",
        "Time from an upload to the end of its import"
    );
    private static readonly Histogram<double> MailDelay = Duration(
        "movielms.mail.delay",
        "Time from the request for a mail to its hand-over to the server"
    );
    private static readonly Histogram<double> JobDuration = Duration("movielms.job.duration", "Duration of a run of a scheduled job");

    internal void RecordRows(ImportKind kind, ImportProgress progress)
    {
        Rows.Add(progress.Succeeded, new("kind", kind.ToString()), new("outcome", "succeeded"));
        Rows.Add(progress.Failed, new("kind", kind.ToString()), new("outcome", "failed"));
        Rate.Record(progress.RowsPerSecond, new KeyValuePair<string, object?>("kind", kind.ToString()));
    }

    /// <summary>Records an import that completed, failed or was canceled.</summary>
    internal void RecordImport(ImportKind kind, string outcome, TimeSpan duration)
    {
        Imports.Add(1, new("kind", kind.ToString()), new("outcome", outcome));
        ImportDuration.Record(duration.TotalSeconds, new("kind", kind.ToString()), new("outcome", outcome));
    }

    /// <summary>Records a failed attempt that will be retried.</summary>
    internal void RecordImportRetry(ImportKind kind) => Imports.Add(1, new("kind", kind.ToString()), new("outcome", "retried"));

    internal void RecordMailSent(TimeSpan delay)
    {
        RecordMailAttempt("sent");
        MailDelay.Record(delay.TotalSeconds);
    }

    internal void RecordMailAttempt(string outcome) => Mails.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    internal void RecordJobRun(string job, bool succeeded, TimeSpan duration)
    {
        var outcome = succeeded ? "succeeded" : "failed";
        Jobs.Add(1, new("job", job), new("outcome", outcome));
        JobDuration.Record(duration.TotalSeconds, new("job", job), new("outcome", outcome));
    }

    internal void RecordQueues(long imports, long mails, TimeSpan oldestMail)
    {
        ImportQueue.Record(imports);
        MailQueue.Record(mails);
        OldestMail.Record(oldestMail.TotalSeconds);
    }

    internal void RecordJobLag(string job, TimeSpan lag) => Lag.Record(lag.TotalSeconds, new KeyValuePair<string, object?>("job", job));

    private static Counter<long> Counter(string name, string unit, string description) =>
        MovieLmsTelemetry.Meter.CreateCounter<long>(name, unit, description);

    private static Gauge<T> Gauge<T>(string name, string unit, string description)
        where T : struct => MovieLmsTelemetry.Meter.CreateGauge<T>(name, unit, description);

    private static Histogram<double> Duration(string name, string description) =>
        MovieLmsTelemetry.Meter.CreateHistogram(
            name,
            "s",
            description,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBounds }
        );
}
