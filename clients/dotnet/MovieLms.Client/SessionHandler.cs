using System.Net;
using System.Net.Http.Headers;

namespace MovieLms.Client;

/// <summary>Sends the session's access token, and renews it if the server rejects it.</summary>
internal sealed class SessionHandler(MovieLmsSession session) : DelegatingHandler
{
    /// <summary>Requests that begin or renew a session, and must not wait for its renewal.</summary>
    private static readonly string[] Anonymous =
    [
        "/api/auth/login",
        "/api/auth/login/verify",
        "/api/auth/refresh",
        "/api/auth/register",
        "/api/auth/first-admin",
        "/api/auth/exchange",
    ];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isAnonymous = Array.Exists(Anonymous, path => request.RequestUri!.AbsolutePath.EndsWith(path, StringComparison.Ordinal));
        var token = isAnonymous ? null : await session.GetAccessTokenAsync(cancellationToken).ConfigureAwait(false);
        if (token is null)
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (request.Content is { } content)
            await content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        var response = await SendAsync(request, token, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
            return response;
        await session.RenewAsync(token, cancellationToken).ConfigureAwait(false);
        if (session.Tokens?.AccessToken is not { } renewed || renewed == token)
            return response;
        response.Dispose();
        return await SendAsync(request, renewed, cancellationToken).ConfigureAwait(false);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string token, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return base.SendAsync(request, cancellationToken);
    }
}
