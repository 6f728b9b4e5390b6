using Microsoft.AspNetCore.Http.HttpResults;
using MongoDB.Bson;
using MovieLms.Data.Storage;

namespace MovieLms.ApiService.Http;

/// <summary>The problems that endpoints answer with, worded once.</summary>
internal static class Problems
{
    /// <summary>404: unknown, deleted, malformed id or not the caller's: all alike, so that nothing is revealed.</summary>
    internal static ProblemHttpResult NotFound(string what) =>
        TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, title: "Not found", detail: $"There is no such {what}.");

    /// <summary>409: a unique rule or a state stands against it.</summary>
    internal static ProblemHttpResult Conflict(string detail) =>
        TypedResults.Problem(statusCode: StatusCodes.Status409Conflict, title: "Conflict", detail: detail);

    /// <summary>409: archived things can be read and not be changed.</summary>
    internal static ProblemHttpResult ReadOnly() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status409Conflict,
            title: "Archived",
            detail: "It is archived, so that it can be read and not be changed. Restore it first."
        );

    /// <summary>412 (RFC 9110, section 15.5.13).</summary>
    internal static ProblemHttpResult Stale() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status412PreconditionFailed,
            title: "Precondition failed",
            detail: "It was changed since the version that If-Match names. Read it again and repeat the change."
        );

    /// <summary>The problem of a write that did not happen.</summary>
    internal static ProblemHttpResult Of(WriteStatus status, string what, string duplicate) =>
        status switch
        {
            WriteStatus.NotFound => NotFound(what),
            WriteStatus.Stale => Stale(),
            WriteStatus.Duplicate => Conflict(duplicate),
            WriteStatus.ReadOnly => ReadOnly(),
            WriteStatus.Full => Conflict($"There is no more room for a {what}."),
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A write that was done is no problem."),
        };

    /// <summary>Reads an id from a path; what is no id names nothing, which is 404 and not 400.</summary>
    internal static bool TryId(string text, out ObjectId id) => ObjectId.TryParse(text, out id);
}
