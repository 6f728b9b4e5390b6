namespace MovieLms.Client;

/// <summary>Records the entity tag of the last response within an asynchronous call. The generated methods return bodies only.</summary>
internal sealed class ETagCapture : IDisposable
{
    private static readonly AsyncLocal<ETagCapture?> Current = new();
    private readonly ETagCapture? _outer = Current.Value;

    internal ETagCapture() => Current.Value = this;

    internal string? ETag { get; private set; }

    internal static void Record(HttpResponseMessage response)
    {
        if (Current.Value is { } capture)
            capture.ETag = response.Headers.ETag?.ToString();
    }

    public void Dispose() => Current.Value = _outer;
}
