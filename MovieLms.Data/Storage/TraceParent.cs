using System.Diagnostics;

namespace MovieLms.Data.Storage;

/// <summary>The span under which work was stored, kept with the work so that whoever does it goes on with the same trace.</summary>
internal static class TraceParent
{
    /// <summary>In the W3C's form (https://www.w3.org/TR/trace-context/#traceparent-header); null where nobody records one.</summary>
    internal static string? Current => Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;
}
