using System.Diagnostics;

namespace MovieLms.Data.Storage;

/// <summary>The span in which work was enqueued. It is stored with the work, so that the worker continues the same trace.</summary>
internal static class TraceParent
{
    /// <summary>The current span in W3C format (https://www.w3.org/TR/trace-context/#traceparent-header), or null.</summary>
    internal static string? Current => Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;
}
