using System.Diagnostics;

namespace MovieLms.Data.Storage;

/// <summary>
/// Spans of work that a request or a background loop may do. Its name is that of the services' source, which this project
/// does not reference, so that one listener hears both.
/// </summary>
internal static class DataTelemetry
{
    internal static ActivitySource Source { get; } = new("MovieLms");
}
