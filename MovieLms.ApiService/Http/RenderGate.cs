namespace MovieLms.ApiService.Http;

/// <summary>
/// Lets few documents be drawn at a time: drawing keeps a processor busy for a tenth of a second, and a crowd that wants
/// receipts or reports must not take the processors from all other requests. Who waits here holds no thread.
/// </summary>
internal sealed class RenderGate : IDisposable
{
    /// <summary>As many at a time: half of the processors, at least one.</summary>
    internal static readonly int Most = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly SemaphoreSlim _places = new(Most);

    /// <summary>The bytes of a document, once its turn has come.</summary>
    /// <param name="render">Draws it.</param>
    /// <param name="cancellationToken">Ends the wait; what is being drawn is drawn to its end.</param>
    internal async Task<byte[]> RenderAsync(Action<Stream> render, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            using var document = new MemoryStream();
            render(document);
            return document.ToArray();
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}
