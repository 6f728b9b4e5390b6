using System.Net;

namespace MovieLms.Client;

/// <summary>A document with the entity tag of its version.</summary>
/// <param name="Value">The document.</param>
/// <param name="ETag">Send it as <c>If-Match</c> to change only this version.</param>
public sealed record Versioned<T>(T Value, string ETag);

/// <summary>Reads entity tags and changes documents only if nobody else has changed them.</summary>
public static class Versions
{
    private const int MaxAttempts = 5;

    /// <summary>Returns a document with its entity tag: <c>Versions.ReadAsync(() => api.GetTodoAsync(id))</c>.</summary>
    public static async Task<Versioned<T>> ReadAsync<T>(Func<Task<T>> read)
    {
        using var capture = new ETagCapture();
        return new Versioned<T>(await read().ConfigureAwait(false), capture.ETag ?? "");
    }

    /// <summary>
    /// Reads a document and changes that version. If another client has changed it in the meantime (412), reads it again and repeats the
    /// change.
    /// </summary>
    /// <param name="read">Reads the document.</param>
    /// <param name="change">Changes the document; gets it with its entity tag, to be sent as <c>If-Match</c>.</param>
    public static async Task<TResult> UpdateAsync<T, TResult>(Func<Task<T>> read, Func<T, string, Task<TResult>> change)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (value, etag) = await ReadAsync(read).ConfigureAwait(false);
            try
            {
                return await change(value, etag).ConfigureAwait(false);
            }
            catch (ApiException e) when (e.StatusCode == (int)HttpStatusCode.PreconditionFailed && attempt < MaxAttempts)
            {
                // Another client was faster.
            }
        }
    }
}
