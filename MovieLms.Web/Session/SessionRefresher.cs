using System.Net;
using MovieLms.Web.Access;

namespace MovieLms.Web.Session;

/// <summary>The result of a refresh.</summary>
/// <param name="Tokens">The new tokens; null if there are none.</param>
/// <param name="IsEnded">True if the API no longer accepts the refresh token.</param>
internal readonly record struct RefreshResult(SessionTokens? Tokens, bool IsEnded);

/// <summary>Calls the API's endpoints that extend and end sessions.</summary>
internal sealed partial class SessionRefresher(IHttpClientFactory clients, ILogger<SessionRefresher> logger)
{
    private const int Attempts = 2;

    /// <summary>
    /// All attempts together are shorter than the time for which the API accepts a repeated refresh token (10 s), so a lost response does
    /// not end the session.
    /// </summary>
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromMilliseconds(2500);
    private static readonly Uri RefreshAddress = new("api/auth/refresh", UriKind.Relative);
    private static readonly Uri LogoutAddress = new("api/auth/logout", UriKind.Relative);

    /// <summary>Time after which another request may try. It exceeds the time that all attempts take.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    /// <summary>
    /// Exchanges the refresh token. Continues when the visitor disconnects, because the API has already replaced the token.
    /// </summary>
    internal async Task<RefreshResult> RefreshAsync(SessionTokens tokens, HttpContext http)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                using var response = await SendAsync(RefreshAddress, new { refreshToken = tokens.RefreshToken }, null, http);
                if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest)
                    return new RefreshResult(null, IsEnded: true);
                if (response.IsSuccessStatusCode)
                    return new RefreshResult(await response.Content.ReadFromJsonAsync<SessionTokens>(), IsEnded: false);
                LogFailed(logger, (int)response.StatusCode);
                return default;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                LogUnavailable(logger, e.GetType().Name);
            }
        }
        return default;
    }

    /// <summary>Signs out at the API, so that every service rejects the tokens.</summary>
    internal async Task LogOutAsync(SessionTokens tokens, HttpContext http)
    {
        try
        {
            using var response = await SendAsync(LogoutAddress, new { refreshToken = tokens.RefreshToken }, tokens.AccessToken, http);
            if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.Unauthorized)
                LogFailed(logger, (int)response.StatusCode);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            LogUnavailable(logger, e.GetType().Name);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Uri address, object body, string? accessToken, HttpContext http)
    {
        using var client = clients.CreateClient(ConsoleApi.ClientName);
        using var timeout = new CancellationTokenSource(AttemptTimeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        if (accessToken is not null)
            request.Headers.Authorization = new("Bearer", accessToken);
        ClientHeaders.Add(http, request.Headers);
        return await client.SendAsync(request, timeout.Token);
    }

    [LoggerMessage(LogLevel.Warning, "The API responded to the refresh or end of a session with {Status}")]
    private static partial void LogFailed(ILogger logger, int status);

    [LoggerMessage(LogLevel.Warning, "The API did not respond to the refresh or end of a session ({Reason})")]
    private static partial void LogUnavailable(ILogger logger, string reason);
}
