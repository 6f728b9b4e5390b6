using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.Application.Access;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Lets an administrator's browser see the dashboard. The page of <see cref="JobsPage"/> signs in at the API like any client, so that
/// the second step, limits and audit are the API's own. The access token goes into a cookie that scripts cannot read, that other
/// sites cannot make the browser send, and that is sent to /jobs only.
/// </summary>
internal sealed class JobsSignIn(ValidatedTokens tokens, IConfiguration configuration)
{
    private const string CookieName = "movielms-jobs";

    /// <summary>Decides whether the caller may see the dashboard.</summary>
    /// <returns>Null if they may; else the response.</returns>
    internal async Task<IResult?> RefuseAsync(HttpContext context)
    {
        var user = context.User.Identity?.IsAuthenticated == true ? context.User : null;
        if (user is null && context.Request.Cookies[Name(context)] is { Length: > 0 } text)
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

    /// <summary>Keeps an administrator's access token in the cookie.</summary>
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
            Name(context),
            accessToken,
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = SecureCookies.AreUsed(context, configuration),
                Path = JobsDashboard.Path,
                Expires = token.ExpiresAt,
            }
        );
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult Forbidden() =>
        TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden, detail: "The jobs are for administrators.");

    private string Name(HttpContext context) => SecureCookies.PathName(CookieName, SecureCookies.AreUsed(context, configuration));
}
