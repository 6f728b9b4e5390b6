namespace MovieLms.ApiService.Http;

/// <summary>
/// Limits how many documents are rendered at a time. Rendering keeps a processor busy for a tenth of a second, and a burst of requests
/// for receipts or reports must not starve all other requests.
/// </summary>
internal sealed class RenderGate() : WorkGate(MaxConcurrent, MaxWaiting, "Too many documents are being rendered.")
{
    /// <summary>Half of the processors, but at least one.</summary>
    internal static readonly int MaxConcurrent = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Keeps the longest wait to a few seconds.</summary>
    internal const int MaxWaiting = 64;

    /// <summary>
    /// Renders a document when a slot is free and returns its bytes. Cancellation ends the wait but does not stop a rendering that has
    /// started.
    /// </summary>
    internal Task<byte[]> RenderAsync(Action<Stream> render, CancellationToken cancellationToken) =>
        RunAsync(
            () =>
            {
                using var document = new MemoryStream();
                render(document);
                return Task.FromResult(document.ToArray());
            },
            cancellationToken
        );
}
