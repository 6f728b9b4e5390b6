using System.Diagnostics.Metrics;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.ApiService.Identity.Audit;

/// <summary>Counts sign-ins and other audited actions (docs/telemetry.md).</summary>
internal static class IdentityMetrics
{
    private static readonly Counter<long> Events = MovieLmsTelemetry.Meter.CreateCounter<long>(
        "movielms.identity.events",
        "{event}",
        "Sign-ins and other audited actions"
    );

    /// <summary>Counts an action, one of <see cref="AuditActions"/>.</summary>
    internal static void CountAction(string action, bool succeeded) =>
        Events.Add(1, new("action", action), new("outcome", succeeded ? "succeeded" : "failed"));
}
