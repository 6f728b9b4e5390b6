using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>
/// Carries a trace over what no library traces: a message on Redis holds the sender's span beside its own members, as the
/// W3C writes it (https://www.w3.org/TR/trace-context/#traceparent-header). Where nobody listens nothing is carried.
/// </summary>
public static class TraceContext
{
    private const string Member = "traceparent";

    /// <summary>The running span when it is recorded; null otherwise.</summary>
    public static string? Current => Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;

    /// <summary>A message as JSON, with the trace where there is one. Readers that do not know the member pass it over.</summary>
    public static string Serialize<T>(T message)
    {
        if (Current is not { } traceParent)
            return JsonSerializer.Serialize(message, Json.Options);
        var json = JsonSerializer.SerializeToNode(message, Json.Options)!.AsObject();
        json[Member] = traceParent;
        return json.ToJsonString();
    }

    /// <summary>Begins the span in which a message is dealt with, as a part of its sender's trace.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="message">JSON as <see cref="Serialize"/> writes it.</param>
    /// <returns>Null where nobody listens.</returns>
    public static Activity? Receive(string name, string message)
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
            // Its reader says what is wrong with it; here it only has no trace.
            traceParent = null;
        }
        return Continue(name, traceParent);
    }

    /// <summary>Begins a span of work that was asked for by a span of another process, or of this one long ago.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="traceParent">As stored with the work; null begins a trace of its own.</param>
    /// <returns>Null where nobody listens.</returns>
    public static Activity? Continue(string name, string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? MovieLmsTelemetry.Source.StartActivity(name, ActivityKind.Consumer, parent)
            : MovieLmsTelemetry.Source.StartActivity(name, ActivityKind.Consumer);
}
