using System.Net;
using MovieLms.Client.Hub;

namespace MovieLms.Client;

/// <summary>The options of a <see cref="MovieLmsClient"/>.</summary>
public sealed record MovieLmsClientOptions
{
    /// <summary>Tokens that were stored earlier.</summary>
    public MovieLmsTokens? Tokens { get; init; }

    public MovieLmsRetryOptions Retry { get; init; } = new();

    /// <summary>Sends the requests; by default a <see cref="SocketsHttpHandler"/>.</summary>
    public HttpMessageHandler? Handler { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>A client of a MovieLms installation. It is thread-safe.</summary>
public sealed class MovieLmsClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <param name="address">The address of the installation.</param>
    public MovieLmsClient(Uri address, MovieLmsClientOptions? options = null)
    {
        options ??= new MovieLmsClientOptions();
        _time = options.TimeProvider;
        Session = new MovieLmsSession(RefreshAsync, _time) { Tokens = options.Tokens };
        var retries = new RetryHandler(options.Retry, _time) { InnerHandler = options.Handler ?? new SocketsHttpHandler() };
        Address = new Uri(address.ToString().TrimEnd('/') + "/");
        _http = new HttpClient(new SessionHandler(Session) { InnerHandler = retries }) { BaseAddress = Address };
        Api = new MovieLmsApi(_http);
    }

    /// <summary>The address of the installation.</summary>
    public Uri Address { get; }

    /// <summary>All operations of the API.</summary>
    public MovieLmsApi Api { get; }

    /// <summary>The tokens of the session.</summary>
    public MovieLmsSession Session { get; }

    /// <summary>
    /// Signs in. With a second step, the result is <see cref="SecondStepRequired"/>: pass its challenge and a code to
    /// <see cref="CompleteSignInAsync"/>.
    /// </summary>
    public async Task<LoginResponse> SignInAsync(string email, string password, CancellationToken cancellationToken = default) =>
        Begin(await Api.LoginAsync(new LoginRequest { Email = email, Password = password }, cancellationToken).ConfigureAwait(false));

    /// <summary>Completes a sign-in with a code of the second step.</summary>
    public async Task<LoginResponse> CompleteSignInAsync(string challenge, string code, CancellationToken cancellationToken = default) =>
        Begin(
            await Api.VerifyLoginAsync(new VerifyLoginRequest { Challenge = challenge, Code = code }, cancellationToken)
                .ConfigureAwait(false)
        );

    /// <summary>Ends the session here and on the server.</summary>
    public async Task SignOutAsync(CancellationToken cancellationToken = default)
    {
        if (Session.Tokens is { } tokens)
        {
            var body = new LogoutRequest { RefreshToken = tokens.RefreshToken };
            await Api.LogoutAsync(body, cancellationToken).ConfigureAwait(false);
        }

        Session.Tokens = null;
    }

    /// <summary>Connects to the chat hub with the session's tokens.</summary>
    public Task<MovieLmsHub> ConnectHubAsync(CancellationToken cancellationToken = default) =>
        MovieLmsHub.ConnectAsync(new Uri(Address, "hubs/chat"), () => Session.GetAccessTokenAsync(), cancellationToken);

    public void Dispose() => _http.Dispose();

    private LoginResponse Begin(LoginResponse response)
    {
        if (response is SignedIn tokens)
            Session.Tokens = ToTokens(tokens.AccessToken, tokens.RefreshToken, tokens.ExpiresIn);
        return response;
    }

    /// <summary>Returns null if the refresh token is no longer valid. Other failures are errors, and the session remains.</summary>
    private async Task<MovieLmsTokens?> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        try
        {
            var pair = await Api.RefreshAsync(new RefreshRequest { RefreshToken = refreshToken }, cancellationToken).ConfigureAwait(false);
            return ToTokens(pair.AccessToken, pair.RefreshToken, pair.ExpiresIn);
        }
        catch (ApiException e) when (e.StatusCode == (int)HttpStatusCode.Unauthorized)
        {
            return null;
        }
    }

    private MovieLmsTokens ToTokens(string accessToken, string refreshToken, int expiresIn) =>
        new(accessToken, refreshToken, _time.GetUtcNow().AddSeconds(expiresIn));
}
