using MovieLms.Data.Imports;

namespace MovieLms.ApiService.Imports;

/// <summary>A file was accepted and will be worked on.</summary>
/// <param name="Id">The import.</param>
/// <param name="State">Always <c>queued</c>.</param>
/// <param name="Message">For people.</param>
internal sealed record ImportAccepted(string Id, ImportState State, string Message);

/// <summary>How far an import is.</summary>
/// <param name="Id">The import.</param>
/// <param name="Kind">What its rows become.</param>
/// <param name="SubjectId">The course or assignment whose rows they are; null for kinds that need none.</param>
/// <param name="State">Where it stands.</param>
/// <param name="FileName">As uploaded.</param>
/// <param name="Total">Rows in the file; 0 until they are counted.</param>
/// <param name="Succeeded">Rows stored.</param>
/// <param name="Failed">Rows reported in errors.csv.</param>
/// <param name="Corrected">Movies whose release year was put a century back.</param>
/// <param name="RowsPerSecond">Of the present or last attempt.</param>
/// <param name="CreatedAt">When it was uploaded.</param>
/// <param name="StartedAt">When a worker first took it.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="CancelRequestedAt">When cancellation was requested; null when it was not.</param>
/// <param name="Reason">Why the import failed or was canceled.</param>
/// <param name="OwnerId">The user who uploaded it.</param>
/// <param name="OwnerName">The name of that user; null outside of lists, and if the account was erased.</param>
internal sealed record ImportResponse(
    string Id,
    ImportKind Kind,
    string? SubjectId,
    ImportState State,
    string FileName,
    long Total,
    long Succeeded,
    long Failed,
    long Corrected,
    double RowsPerSecond,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? CancelRequestedAt,
    string? Reason,
    string OwnerId,
    string? OwnerName
)
{
    internal static ImportResponse From(ImportDocument import, string? ownerName = null) =>
        new(
            import.Id.ToString(),
            import.Kind,
            import.SubjectId?.ToString(),
            import.State,
            import.File?.Name ?? string.Empty,
            import.Total,
            import.Succeeded,
            import.Failed,
            import.Corrected,
            Math.Round(import.RowsPerSecond, 1),
            import.CreatedAt,
            import.StartedAt,
            import.FinishedAt,
            import.CancelRequestedAt,
            import.Reason,
            import.OwnerId.ToString(),
            ownerName
        );
}
