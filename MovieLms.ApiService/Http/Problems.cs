using Microsoft.AspNetCore.Http.HttpResults;
using MongoDB.Bson;
using MovieLms.Data.Storage;

namespace MovieLms.ApiService.Http;

/// <summary>The problems that endpoints respond with, worded in one place.</summary>
internal static class Problems
{
    /// <summary>
    /// 404 for an unknown, deleted or malformed ID and for another user's resource. All look the same, so nothing is revealed.
    /// </summary>
    internal static ProblemHttpResult NotFound(string what) =>
        TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, title: "Not found", detail: $"There is no such {what}.");

    /// <summary>401 for wrong credentials, with the challenge that RFC 9110, section 11.6.1 requires.</summary>
    internal static ProblemHttpResult NotSignedIn(HttpContext http, string detail)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"MovieLms\"";
        return TypedResults.Problem(statusCode: StatusCodes.Status401Unauthorized, title: "Not signed in", detail: detail);
    }

    /// <summary>501 for a feature that this installation has not set up.</summary>
    internal static ProblemHttpResult NotConfigured(string detail) =>
        TypedResults.Problem(statusCode: StatusCodes.Status501NotImplemented, title: "Not configured", detail: detail);

    /// <summary>403 for a caller who may read the resource but not do what they requested.</summary>
    internal static ProblemHttpResult Forbidden(string detail) =>
        TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden, title: "Forbidden", detail: detail);

    /// <summary>409 for a uniqueness conflict or a state that does not allow the change.</summary>
    internal static ProblemHttpResult Conflict(string detail) =>
        TypedResults.Problem(statusCode: StatusCodes.Status409Conflict, title: "Conflict", detail: detail);

    /// <summary>409 for a change to an archived resource, which is read-only.</summary>
    internal static ProblemHttpResult ReadOnly() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status409Conflict,
            title: "Archived",
            detail: "The resource is archived and read-only. Restore it before changing it."
        );

    /// <summary>412 for a stale version (RFC 9110, section 15.5.13).</summary>
    internal static ProblemHttpResult Stale() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status412PreconditionFailed,
            title: "Precondition failed",
            detail: "The resource has changed since the version in If-Match. Read it again and repeat the change."
        );

    /// <summary>Returns the problem for a write that was not applied.</summary>
    internal static ProblemHttpResult FromStatus(WriteStatus status, string what, string duplicate) =>
        status switch
        {
            WriteStatus.NotFound => NotFound(what),
            WriteStatus.Stale => Stale(),
            WriteStatus.Duplicate => Conflict(duplicate),
            WriteStatus.ReadOnly => ReadOnly(),
            WriteStatus.Full => Conflict($"The limit is reached: no further {what} can be added."),
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A successful write has no problem."),
        };

    /// <summary>Parses an ID from a path. A malformed ID is reported as 404, not 400, because it identifies nothing.</summary>
    internal static bool TryParseId(string text, out ObjectId id) => ObjectId.TryParse(text, out id);
}
