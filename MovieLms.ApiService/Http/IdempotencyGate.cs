using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.Application.Work;
using MovieLms.Data.Idempotency;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Http;

/// <summary>
/// Implements the <c>Idempotency-Key</c> header (draft-ietf-httpapi-idempotency-key-header). A retry within 24 hours gets the first
/// response again, 409 while the first request is still running, or 422 if its content differs. Only successful responses are stored:
/// a rejected request changed nothing and may be corrected under the same key.
/// </summary>
internal sealed partial class IdempotencyGate(IdempotencyStore store, TimeProvider time, ILogger<IdempotencyGate> logger)
{
    internal const string Header = "Idempotency-Key";
    private const int MaxKeyLength = 255;
    private static readonly TimeSpan RenewalInterval = IdempotencyStore.LeaseDuration / 4;

    /// <summary>Claims the request's key. A key is valid for one operation only.</summary>
    /// <returns>Null if the request has no key.</returns>
    /// <exception cref="InvalidInputException">The key is malformed.</exception>
    internal async Task<IdempotencyDocument?> BeginAsync(HttpContext http, string operation)
    {
        if (!http.Request.Headers.TryGetValue(Header, out var values))
            return null;
        var key = values.ToString();
        if (values.Count != 1 || key.Length is 0 or > MaxKeyLength || key.Any(character => character is < '!' or > '~'))
            throw new InvalidInputException(Header, $"The key must be 1 to {MaxKeyLength} visible ASCII characters, such as a UUID.");
        return await store.BeginAsync($"{http.User.Id()}:{operation}:{key}", http.RequestAborted);
    }

    /// <summary>Runs <paramref name="work"/>, renews the claim on the key until it ends, and releases the key if it throws.</summary>
    internal async Task<T> RunAsync<T>(IdempotencyDocument? mine, Func<Task<T>> work)
    {
        if (mine is null)
            return await work();
        using var completed = new CancellationTokenSource();
        var renewal = Ticker.RunAsync(
            RenewalInterval,
            time,
            token => store.RenewAsync(mine, token),
            failure => LogNotRenewed(logger, failure.GetType().Name),
            completed.Token
        );
        try
        {
            return await work();
        }
        catch
        {
            // After a lost connection or a canceled request, it is unknown whether the write was stored.
            await store.ReleaseAsync(mine, CancellationToken.None);
            throw;
        }
        finally
        {
            await completed.CancelAsync();
            await renewal;
        }
    }

    /// <summary>Stores a success for retries, releases the key after a server error, and deletes it after a rejection.</summary>
    internal Task RecordOutcomeAsync(IdempotencyDocument mine, IdempotentResponse response, CancellationToken cancellationToken) =>
        response.Status switch
        {
            >= 200 and < 300 => store.CompleteAsync(mine, response, cancellationToken),
            >= 500 => store.ReleaseAsync(mine, cancellationToken),
            _ => store.DeleteAsync(mine, cancellationToken),
        };

    /// <summary>Rejects a retry while the first request is still running: 409 with <c>Retry-After</c>.</summary>
    internal static ProblemHttpResult InProgress(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";
        return TypedResults.Problem(RequestInProgress);
    }

    private static ProblemDetails RequestInProgress { get; } =
        new()
        {
            Status = StatusCodes.Status409Conflict,
            Title = "The first request with this Idempotency-Key is still running",
            Detail = "Try again shortly to get its response.",
        };

    /// <summary>The problem for a used key with different content (422).</summary>
    internal static ProblemDetails KeyReused { get; } =
        new()
        {
            Status = StatusCodes.Status422UnprocessableEntity,
            Title = "This Idempotency-Key was used with different content",
            Detail = "A key identifies one request. Use a new key for a new request.",
        };

    /// <summary>The problem for a retry of a request whose response contained a credential (409).</summary>
    /// <param name="first">The first response, without its body.</param>
    /// <param name="path">The path of the request.</param>
    internal static ProblemDetails ResponseNotStored(IdempotentResponse first, string path) =>
        new()
        {
            Status = StatusCodes.Status409Conflict,
            Title = "The first request with this Idempotency-Key succeeded, but its response is not stored",
            Detail = "The response contained a credential. If it was lost, request another one with a new key.",
            Extensions = { ["firstStatus"] = first.Status, ["resource"] = first.Headers.GetValueOrDefault("Location") ?? path },
        };

    /// <summary>Returns the ID for the document that the request creates. It is the same for every retry with the same key.</summary>
    internal static ObjectId ResourceId(IdempotencyDocument? mine) => mine?.ResourceId ?? ObjectId.GenerateNewId();

    [LoggerMessage(LogLevel.Warning, "An idempotency key was not renewed ({Reason}); trying again at the next interval")]
    private static partial void LogNotRenewed(ILogger logger, string reason);
}

/// <summary>Sends a stored response.</summary>
internal sealed class IdempotentResult(IdempotentResponse stored) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = stored.Status;
        foreach (var (name, value) in stored.Headers)
            response.Headers[name] = value;
        // The response to an error without a body must not start here: middleware adds a problem document.
        if (stored.Body is not { Length: > 0 })
            return Task.CompletedTask;
        response.ContentLength = stored.Body.Length;
        return response.Body.WriteAsync(stored.Body, httpContext.RequestAborted).AsTask();
    }
}
