using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.Application.Access;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Signs an administrator's browser in to the dashboard. <see cref="JobsPage"/> signs in at the API like any client, so the second factor,
/// rate limits and audit are those of the API. The access token is stored in a cookie that scripts cannot read (HttpOnly), that is not sent
/// with requests from other sites (SameSite=Strict), and that is sent to /jobs only.
/// </summary>
internal sealed class JobsSignIn(ValidatedTokens tokens, IConfiguration configuration)
{
    private const string CookieName = "movielms-jobs";

    /// <summary>Returns null if the caller may use the dashboard; otherwise the response.</summary>
    internal async Task<IResult?> GetRejectionAsync(HttpContext context)
    {
        var user = context.User.Identity?.IsAuthenticated == true ? context.User : null;
        if (user is null && context.Request.Cookies[GetCookieName(context)] is { Length: > 0 } text)
            user = (await tokens.ValidateAsync(text, context.RequestAborted))?.User;
        if (user?.Can(Permissions.JobsManage) == true)
            return null;
        if (user is not null)
            return Forbidden();
        if (context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
            return TypedResults.Redirect(JobsPage.Path);
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"MovieLms\"";
        return TypedResults.Problem(statusCode: StatusCodes.Status401Unauthorized);
    }

    /// <summary>Stores an administrator's access token in the cookie.</summary>
    internal async Task<Results<NoContent, ProblemHttpResult>> SignInAsync(HttpContext context, string accessToken)
    {
        if (await tokens.ValidateAsync(accessToken, context.RequestAborted) is not { } token)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status401Unauthorized,
                detail: "The access token is invalid, expired or revoked."
            );
        }

        if (!token.User.Can(Permissions.JobsManage))
            return Forbidden();
        context.Response.Cookies.Append(
            GetCookieName(context),
            accessToken,
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = SecureCookies.AreEnabled(context, configuration),
                Path = JobsDashboard.Path,
                Expires = token.ExpiresAt,
            }
        );
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult Forbidden() =>
        TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden, detail: "Only administrators may use the jobs dashboard.");

    private string GetCookieName(HttpContext context) =>
        SecureCookies.GetName(CookieName, SecureCookies.AreEnabled(context, configuration));
}
