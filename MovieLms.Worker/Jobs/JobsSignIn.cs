using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Lets an administrator's browser in. The API checks the password, as for any client; the access token it gives goes into a
/// cookie that scripts cannot read, that other sites cannot make the browser send, and that is sent to /jobs only.
/// </summary>
internal sealed class JobsSignIn(
    IHttpClientFactory clients, AccessTokenValidator tokens, Revocations revocations, IServer server, IConfiguration configuration)
{
    private const string Cookie = "movielms-jobs";

    /// <summary>Who may see the dashboard.</summary>
    /// <returns>Null when the caller may; else what to answer.</returns>
    internal async Task<IResult?> AllowAsync(HttpContext context)
    {
        var user = context.User.Identity?.IsAuthenticated == true ? context.User : null;
        if (user is null && context.Request.Cookies[Cookie] is { } text
            && await tokens.ValidateAsync(text, context.RequestAborted) is { } token && !revocations.Contains(token)) user = token.User;
        if (user?.Can(Permissions.JobsManage) == true) return null;
        if (user is not null) return TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden, detail: "The jobs are for administrators.");
        if (context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
            return TypedResults.Redirect(JobsDashboard.Path + "/sign-in");
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"MovieLms\"";
        return TypedResults.Problem(statusCode: StatusCodes.Status401Unauthorized);
    }

    /// <summary>Asks the API, and keeps the token when it is an administrator's.</summary>
    internal async Task<bool> SignInAsync(HttpContext context, string email, string password)
    {
        using var client = clients.CreateClient(nameof(JobsSignIn));
        using var answer = await client.PostAsJsonAsync(Api("/api/auth/login"), new { email, password }, context.RequestAborted);
        if (!answer.IsSuccessStatusCode) return false;
        var pair = await answer.Content.ReadFromJsonAsync<JsonElement>(context.RequestAborted);
        if (!pair.TryGetProperty("accessToken", out var access) || access.GetString() is not { } text) return false;
        if (await tokens.ValidateAsync(text, context.RequestAborted) is not { } token || !token.User.Can(Permissions.JobsManage)) return false;
        context.Response.Cookies.Append(Cookie, text, new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = JobsDashboard.Path, Expires = token.ExpiresAt,
        });
        return true;
    }

    internal static ContentHttpResult Page() => Page(null);

    internal static ContentHttpResult Page(string? refusal) => TypedResults.Content(
        $$"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>MovieLms jobs: sign in</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;background:#f4f1ec;color:#1d1d1f;display:grid;place-items:center;min-height:90vh;margin:0}
        form{background:#fff;padding:32px;border-radius:8px;display:grid;gap:12px;width:min(320px,80vw)}h1{font-size:20px;margin:0;color:#8a1c2b}
        input{font:inherit;padding:8px;border:1px solid #bbb;border-radius:6px}button{font:inherit;padding:10px;border:0;border-radius:6px;background:#8a1c2b;color:#fff}
        p{margin:0;color:#c2542d}</style></head><body>
        <form method="post" action="{{JobsDashboard.Path}}/sign-in"><h1>MovieLms jobs</h1>{{(refusal is null ? "" : $"<p role=\"alert\">{refusal}</p>")}}
        <label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" required>
        <label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
        <button>Sign in</button></form></body></html>
        """,
        "text/html; charset=utf-8");

    /// <summary>The API by its name where services run apart; in one process, this process.</summary>
    private Uri Api(string path)
    {
        if (configuration.GetSection("services:apiservice").Exists()) return new Uri("https+http://apiservice" + path);
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        var here = new UriBuilder(address.Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal));
        if (here.Host is "0.0.0.0" or "[::]") here.Host = "localhost";
        here.Path = path;
        return here.Uri;
    }
}
