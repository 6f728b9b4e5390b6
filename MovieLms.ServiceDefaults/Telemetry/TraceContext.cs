using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>
/// Propagates traces where no library does. A message on Redis carries the sender's span in the W3C format
/// (https://www.w3.org/TR/trace-context/#traceparent-header), next to its own members. Without telemetry nothing is added.
/// </summary>
public static class TraceContext
{
    private const string Member = "traceparent";

    /// <summary>The current span's ID if the span is recorded; otherwise null.</summary>
    public static string? Current => Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;

    /// <summary>Serializes a message as JSON, with the current trace if there is one. Other readers ignore the added member.</summary>
    public static string Serialize<T>(T message)
    {
        if (Current is not { } traceParent)
            return JsonSerializer.Serialize(message, Json.Options);
        var json = JsonSerializer.SerializeToNode(message, Json.Options)!.AsObject();
        json[Member] = traceParent;
        return json.ToJsonString();
    }

    /// <summary>Starts the span in which a message is handled, as part of the sender's trace.</summary>
    /// <param name="name">The name of the span.</param>
    /// <param name="message">JSON as written by <see cref="Serialize"/>.</param>
    /// <returns>Null when no listener is registered.</returns>
    public static Activity? StartFromMessage(string name, string message)
    {
        if (!MovieLmsTelemetry.Source.HasListeners())
            return null;
        string? traceParent = null;
        try
        {
            if (JsonNode.Parse(message) is JsonObject json && json[Member] is JsonValue value)
                value.TryGetValue(out traceParent);
        }
        catch (JsonException)
        {
            // The message's reader reports the error. Without valid JSON there is no trace to continue.
            traceParent = null;
        }
        return StartFromParent(name, traceParent);
    }

    /// <summary>Starts a span for work that was requested by another process, or earlier by this one.</summary>
    /// <param name="name">The name of the span.</param>
    /// <param name="traceParent">The parent stored with the work; null starts a new trace.</param>
    /// <returns>Null when no listener is registered.</returns>
    public static Activity? StartFromParent(string name, string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? MovieLmsTelemetry.Source.StartActivity(name, ActivityKind.Consumer, parent)
            : MovieLmsTelemetry.Source.StartActivity(name, ActivityKind.Consumer);
}
