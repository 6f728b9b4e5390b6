using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.Data.Idempotency;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Http;

/// <summary>
/// The header <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header): a retry within 24 hours gets the first
/// answer again; 409 while the first still runs; 422 when the content is another. Only successes are kept: a request that
/// was refused changed nothing and may be corrected under the same key.
/// </summary>
internal sealed class IdempotencyGate(IdempotencyStore store)
{
    internal const string Header = "Idempotency-Key";
    private const int MaxKeyLength = 255;
    private static readonly TimeSpan KeepEvery = IdempotencyStore.RunningFor / 4;

    /// <summary>Takes the request's key, if it has one.</summary>
    /// <param name="http">The request.</param>
    /// <param name="operation">Names what is done; a key of one operation says nothing about another.</param>
    /// <returns>Null when the request has no key.</returns>
    /// <exception cref="InvalidInputException">The key is unusable.</exception>
    internal async Task<IdempotencyDocument?> BeginAsync(HttpContext http, string operation)
    {
        if (!http.Request.Headers.TryGetValue(Header, out var values))
            return null;
        var key = values.ToString();
        if (values.Count != 1 || key.Length is 0 or > MaxKeyLength || key.Any(letter => letter is < '!' or > '~'))
            throw new InvalidInputException(Header, $"A key has 1 to {MaxKeyLength} visible ASCII characters, a UUID for example.");
        return await store.BeginAsync($"{http.User.Id()}:{operation}:{key}", http.RequestAborted);
    }

    /// <summary>Holds the key while <paramref name="work"/> runs, however long, and releases it when it fails.</summary>
    internal async Task<T> HoldAsync<T>(IdempotencyDocument? mine, Func<Task<T>> work)
    {
        if (mine is null)
            return await work();
        using var done = new CancellationTokenSource();
        var keeping = KeepAsync(mine, done.Token);
        try
        {
            return await work();
        }
        catch
        {
            // A lost connection or a canceled request does not tell whether the write was stored.
            await store.ReleaseAsync(mine, CancellationToken.None);
            throw;
        }
        finally
        {
            await done.CancelAsync();
            await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Keeps a success for retries. Releases the key after an error, and deletes it after a refusal.</summary>
    internal Task SettleAsync(IdempotencyDocument mine, IdempotentAnswer answer, CancellationToken cancellationToken) =>
        answer.Status switch
        {
            >= 200 and < 300 => store.CompleteAsync(mine, answer, cancellationToken),
            >= 500 => store.ReleaseAsync(mine, cancellationToken),
            _ => store.ForgetAsync(mine, cancellationToken),
        };

    /// <summary>What a retry gets: 409 while the first request runs.</summary>
    internal static ProblemDetails StillRunning { get; } =
        new()
        {
            Status = StatusCodes.Status409Conflict,
            Title = "The first request with this Idempotency-Key still runs",
            Detail = "Try again shortly to get its answer.",
        };

    /// <summary>What another content under a used key gets.</summary>
    internal static ProblemDetails OtherContent { get; } =
        new()
        {
            Status = StatusCodes.Status422UnprocessableEntity,
            Title = "This Idempotency-Key was used with another content",
            Detail = "A key stands for one request. Use a new key for a new request.",
        };

    /// <summary>The id that what the request creates must take: the same for every retry under one key.</summary>
    internal static ObjectId ResourceId(IdempotencyDocument? mine) => mine?.ResourceId ?? ObjectId.GenerateNewId();

    private async Task KeepAsync(IdempotencyDocument mine, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(KeepEvery);
        while (await timer.WaitForNextTickAsync(cancellationToken))
            await store.KeepAsync(mine, cancellationToken);
    }
}

/// <summary>Sends a kept answer.</summary>
internal sealed class IdempotentResult(IdempotentAnswer answer) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
            response.Headers[name] = value;
        response.ContentLength = answer.Body.Length;
        return response.Body.WriteAsync(answer.Body, httpContext.RequestAborted).AsTask();
    }
}
