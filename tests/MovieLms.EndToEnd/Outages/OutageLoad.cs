using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Outages;

/// <summary>
/// Students who write, order, import, refresh their tokens and sign out, and retry failed requests. Records the accepted requests
/// and every response that an outage does not explain.
/// </summary>
internal sealed class OutageLoad(Installation installation, string courseId)
{
    /// <summary>How long a service may accept a revoked token if the revocation cannot be delivered at once.</summary>
    private static readonly TimeSpan RevocationDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(40);
    private static readonly HttpStatusCode[] OutageStatuses = [HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests];
    private readonly HttpClient _api = new() { BaseAddress = installation.Services.Api, Timeout = MaxWait };
    private readonly HttpClient _realtime = new() { BaseAddress = installation.Services.Realtime, Timeout = MaxWait };
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    internal ConcurrentQueue<(string Token, Uri Location)> Written { get; } = new();

    internal ConcurrentQueue<(string Token, Uri Location)> Imports { get; } = new();

    /// <summary>The accepted orders. Each was sent one or more times with the same idempotency key.</summary>
    internal ConcurrentQueue<(string Token, Uri Location)> Orders { get; } = new();

    internal ConcurrentQueue<(string Token, string Refresh, long At)> Revoked { get; } = new();

    internal ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>The e-mail addresses of registered users.</summary>
    internal ConcurrentQueue<string> Registered { get; } = new();

    internal int Refreshes;
    internal int Rejected;

    internal async Task StartAsync()
    {
        var (writer, refresher, leaver) = (await RegisterAsync(), await RegisterAsync(), await RegisterAsync());
        Repeat(() => WriteAsync(writer));
        Repeat(() => OrderAsync(writer));
        Repeat(() => ImportAsync(writer), intervalMilliseconds: 1_000);
        Repeat(() => RegisterOnceAsync(), intervalMilliseconds: 500);
        var refresh = refresher.Refresh;
        Repeat(async () => refresh = await RefreshAsync(refresh) ?? (await SignInAsync(refresher.Email))?.Refresh ?? refresh);
        Repeat(() => SignOutAsync(leaver.Email));
        Repeat(CheckRevokedTokensAsync);
    }

    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
    }

    /// <summary>Returns the status of each service for an access token.</summary>
    internal async Task<(HttpStatusCode? Api, HttpStatusCode? Realtime)> GetStatusesAsync(string token)
    {
        using var me = await SendAsync(_api, HttpMethod.Get, "/api/auth/me", token);
        using var hub = await SendAsync(_realtime, HttpMethod.Post, "/hubs/chat/negotiate?negotiateVersion=1", token);
        return (me?.StatusCode, hub?.StatusCode);
    }

    private void Repeat(Func<Task> work, int intervalMilliseconds = 50) =>
        _running.Add(
            Task.Run(async () =>
            {
                while (!_stop.IsCancellationRequested)
                {
                    await work();
                    await Task.Delay(intervalMilliseconds);
                }
            })
        );

    private async Task WriteAsync(OutageUser user)
    {
        using var response = await SendAsync(_api, HttpMethod.Post, "/api/todos", user.Token, new { title = "A task" });
        if (IsAccepted(response, HttpStatusCode.Created))
            Written.Enqueue((user.Token, response!.Headers.Location!));
    }

    private async Task OrderAsync(OutageUser user)
    {
        var key = Guid.NewGuid().ToString("N");
        while (!_stop.IsCancellationRequested)
        {
            using var response = await SendAsync(_api, HttpMethod.Post, "/api/orders", user.Token, new { courseId }, key);
            // 409: the first request may still be running.
            if (response?.StatusCode != HttpStatusCode.Conflict && IsAccepted(response, HttpStatusCode.Created))
            {
                Orders.Enqueue((user.Token, response!.Headers.Location!));
                return;
            }
            await Task.Delay(200);
        }
    }

    private async Task ImportAsync(OutageUser user)
    {
        using var response = await SendAsync(
            _api,
            HttpMethod.Post,
            "/api/todos/import",
            user.Token,
            new StringContent("title\nA\nB\n", Encoding.UTF8, "text/csv")
        );
        if (IsAccepted(response, HttpStatusCode.Accepted))
            Imports.Enqueue((user.Token, response!.Headers.Location!));
    }

    private async Task RegisterOnceAsync()
    {
        var email = TestUsers.NewEmail();
        using var response = await SendAsync(
            _api,
            HttpMethod.Post,
            "/api/auth/register",
            null,
            new
            {
                username = "Ida",
                email,
                password = TestUsers.Password,
            }
        );
        if (IsAccepted(response, HttpStatusCode.Created))
            Registered.Enqueue(email);
    }

    /// <summary>
    /// Returns the next refresh token, the same one if the service is unavailable, or null if the session has ended.
    /// </summary>
    private async Task<string?> RefreshAsync(string refreshToken)
    {
        using var response = await SendAsync(_api, HttpMethod.Post, "/api/auth/refresh", null, new { refreshToken });
        if (response?.StatusCode == HttpStatusCode.Unauthorized)
            return null;
        if (!IsAccepted(response, HttpStatusCode.OK))
            return refreshToken;
        Interlocked.Increment(ref Refreshes);
        return (await response!.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("refreshToken").GetString();
    }

    private async Task SignOutAsync(string email)
    {
        if (await SignInAsync(email) is not { } user)
            return;
        using var response = await SendAsync(_api, HttpMethod.Post, "/api/auth/logout", user.Token, new { });
        if (IsAccepted(response, HttpStatusCode.NoContent))
            Revoked.Enqueue((user.Token, user.Refresh, Stopwatch.GetTimestamp()));
    }

    /// <summary>Checks that no service accepts a revoked token, whatever is unavailable.</summary>
    private async Task CheckRevokedTokensAsync()
    {
        foreach (var (token, _, at) in Revoked.Reverse().Take(5))
        {
            var isLate = Stopwatch.GetElapsedTime(at) > RevocationDelay;
            var (api, realtime) = await GetStatusesAsync(token);
            if (api == HttpStatusCode.OK)
                Faults.Enqueue("ApiService accepts a revoked token");
            if (realtime == HttpStatusCode.OK && isLate)
                Faults.Enqueue($"Realtime accepts a token {Stopwatch.GetElapsedTime(at).TotalSeconds:N1} s after its revocation");
        }
    }

    private async Task<OutageUser?> SignInAsync(string email)
    {
        using var response = await SendAsync(_api, HttpMethod.Post, "/api/auth/login", null, new { email, password = TestUsers.Password });
        if (!IsAccepted(response, HttpStatusCode.OK))
            return null;
        var pair = await response!.Content.ReadFromJsonAsync<JsonElement>();
        return new OutageUser(email, pair.GetProperty("accessToken").GetString()!, pair.GetProperty("refreshToken").GetString()!);
    }

    private async Task<OutageUser> RegisterAsync()
    {
        var email = TestUsers.NewEmail();
        (
            await _api.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = "Ida",
                    email,
                    password = TestUsers.Password,
                }
            )
        ).EnsureSuccessStatusCode();
        return (await SignInAsync(email))!;
    }

    private bool IsAccepted(HttpResponseMessage? response, HttpStatusCode expected)
    {
        if (response?.StatusCode == expected)
            return true;
        if (response is not null && !OutageStatuses.Contains(response.StatusCode) && response.StatusCode != HttpStatusCode.Conflict)
            Faults.Enqueue($"{response.RequestMessage!.RequestUri!.AbsolutePath}: {(int)response.StatusCode}");
        Interlocked.Increment(ref Rejected);
        return false;
    }

    private async Task<HttpResponseMessage?> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        string? token,
        object? body = null,
        string? key = null
    )
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body)),
        };
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        try
        {
            return await client.SendAsync(request);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (TaskCanceledException)
        {
            Faults.Enqueue($"{path}: no response within {MaxWait.TotalSeconds} s");
            return null;
        }
    }
}

/// <summary>A signed-in student.</summary>
internal sealed record OutageUser(string Email, string Token, string Refresh);
