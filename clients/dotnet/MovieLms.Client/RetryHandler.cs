using System.Net;

namespace MovieLms.Client;

/// <summary>When and how often failed requests are repeated.</summary>
public sealed record MovieLmsRetryOptions
{
    /// <summary>The number of repetitions.</summary>
    public int Limit { get; init; } = 3;

    /// <summary>The longest time to wait for the server. A longer <c>Retry-After</c> is not waited for.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// Repeats requests after 429, 503, lost connections, and 409 with <c>Retry-After</c>. After 503 or a lost connection the request may
/// have taken effect, so it is only repeated if that is harmless. A POST of a signed-in user is, since it gets an
/// <c>Idempotency-Key</c>: the server returns the first response again for the same key.
/// </summary>
internal sealed class RetryHandler(MovieLmsRetryOptions options, TimeProvider time) : DelegatingHandler
{
    private const string Key = "Idempotency-Key";
    private static readonly HttpMethod[] Idempotent = [HttpMethod.Get, HttpMethod.Head, HttpMethod.Put, HttpMethod.Delete];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Post && request.Headers.Authorization is not null && !request.Headers.Contains(Key))
            request.Headers.Add(Key, Guid.NewGuid().ToString());
        var isRepeatable = Idempotent.Contains(request.Method) || request.Headers.Contains(Key);
        if (request.Content is { } content)
            await content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        for (var attempt = 0; ; attempt++)
        {
            HttpResponseMessage? response = null;
            try
            {
                response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException) when (isRepeatable && attempt < options.Limit)
            {
                // Repeated below.
            }
            if (response is not null && (attempt >= options.Limit || !IsWorthRepeating(response, isRepeatable)))
                return response;
            var delay = response is null ? GetBackoff(attempt) : GetDelay(response) ?? GetBackoff(attempt);
            response?.Dispose();
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsWorthRepeating(HttpResponseMessage response, bool isRepeatable) =>
        !(GetDelay(response) > options.MaxDelay)
        && response.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => true,
            HttpStatusCode.ServiceUnavailable => isRepeatable,
            // The first attempt, whose connection was lost, is still running.
            HttpStatusCode.Conflict => isRepeatable && GetDelay(response) is not null,
            _ => false,
        };

    private TimeSpan? GetDelay(HttpResponseMessage response) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero,
            _ => null,
        };

    private static TimeSpan GetBackoff(int attempt) => TimeSpan.FromSeconds(0.2 * (1 << attempt) * (1 + Random.Shared.NextDouble()));
}
