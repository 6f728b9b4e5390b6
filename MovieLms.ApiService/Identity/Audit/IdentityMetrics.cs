using System.Diagnostics.Metrics;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.ApiService.Identity.Audit;

/// <summary>Measures sign-ins and the other audited actions (docs/telemetry.md).</summary>
internal static class IdentityMetrics
{
    private static readonly Counter<long> Events = MovieLmsTelemetry.Meter.CreateCounter<long>(
        "movielms.identity.events",
        "{event}",
        "Sign-ins and other audited actions"
    );

    /// <param name="action">One of <see cref="AuditActions"/>.</param>
    /// <param name="succeeded">Whether it was done.</param>
    internal static void Audited(string action, bool succeeded) =>
        Events.Add(1, new("action", action), new("outcome", succeeded ? "succeeded" : "failed"));
}
