using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.PersonalData;

/// <summary>The export of the caller's data.</summary>
internal static class ExportEndpoint
{
    private static readonly AttemptLimit Limit = new("Export", 5, TimeSpan.FromHours(1));
    private static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(10);

    internal static void MapExport(this RouteGroupBuilder auth) =>
        auth.MapGet("/me/export", ExportAsync)
            .RequirePermission(Permissions.SignedIn)
            .ReportsAttempts()
            .WithName("exportMe")
            .WithSummary("Export the caller's data")
            .WithDescription(
                "A ZIP file with everything that the caller made or that is about the caller: each kind of document as JSON and as CSV, the "
                    + "submitted files, and the ratings as `letterboxd-ratings.csv` for the import of Letterboxd. It contains no secrets. Up to 5 "
                    + "exports per hour, one at a time (409)."
            )
            .Produces(StatusCodes.Status200OK, contentType: "application/zip")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<Results<PushStreamHttpResult, EmptyHttpResult, UnauthorizedHttpResult, ProblemHttpResult>> ExportAsync(
        ClaimsPrincipal caller,
        UserStore users,
        DataExport export,
        DataExportGate gate,
        AttemptLimiter limiter,
        TimeProvider time,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (await users.FindAsync(caller.GetObjectId(), cancellationToken) is not { } user)
            return TypedResults.Unauthorized();
        var name = string.Create(CultureInfo.InvariantCulture, $"movielms-export-{time.GetUtcNow():yyyy-MM-dd}.zip");
        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.ContentType = "application/zip";
            var disposition = new ContentDispositionHeaderValue("attachment");
            disposition.SetHttpFileName(name);
            http.Response.Headers.ContentDisposition = disposition.ToString();
            return TypedResults.Empty;
        }

        if (gate.TryReserve(user.Id) is not { } reservation)
            return Problems.Conflict("Another export of your data is running. Wait until it is complete.");
        http.Response.RegisterForDispose(reservation);
        var attempt = await limiter.TryAcquireAsync(Limit, user.Id.ToString(), cancellationToken);
        http.SetLimitHeaders(attempt);
        if (!attempt.IsAllowed)
            return AttemptLimitExtensions.TooManyRequests(http, attempt);
        return TypedResults.Stream(body => WriteAsync(user, body, export, gate, http), "application/zip", name);
    }

    private static Task WriteAsync(UserDocument user, Stream body, DataExport export, DataExportGate gate, HttpContext http) =>
        gate.RunAsync(
            async () =>
            {
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
                timeout.CancelAfter(MaxDuration);
                try
                {
                    await export.WriteAsync(user, body, timeout.Token);
                }
                catch (Exception) when (http.Response.HasStarted)
                {
                    // A truncated response must not look complete.
                    http.Abort();
                    throw;
                }
                return true;
            },
            http.RequestAborted
        );
}
