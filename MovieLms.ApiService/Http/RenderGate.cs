namespace MovieLms.ApiService.Http;

/// <summary>
/// Limits how many documents are rendered at a time. Rendering keeps a processor busy for a tenth of a second, and a crowd that wants
/// receipts or reports must not take the processors from all other requests.
/// </summary>
internal sealed class RenderGate() : WorkGate(MaxConcurrent, MaxWaiting, "Too many documents are being rendered.")
{
    /// <summary>Half of the processors, at least one.</summary>
    internal static readonly int MaxConcurrent = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Those who wait at the end of the queue wait for a few seconds.</summary>
    internal const int MaxWaiting = 64;

    /// <summary>Returns the bytes of a document, once its turn has come.</summary>
    /// <param name="render">Writes the document.</param>
    /// <param name="cancellationToken">Ends the wait; a document that is being rendered is finished.</param>
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
