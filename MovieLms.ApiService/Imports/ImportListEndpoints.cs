using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using MongoDB.Bson;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Imports;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Paging;

namespace MovieLms.ApiService.Imports;

/// <summary>Lists and cancels imports.</summary>
internal static class ImportListEndpoints
{
    internal static void MapImportList(this IEndpointRouteBuilder imports)
    {
        imports
            .MapGet("/", ListAsync)
            .WithName("listImports")
            .WithExport<ImportResponse>("imports")
            .WithSummary("List imports")
            .WithDescription("The caller's imports, newest first. Administrators can list those of all users.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status403Forbidden);
        imports
            .MapPost("/{id}/cancel", CancelAsync)
            .WithName("cancelImport")
            .WithSummary("Cancel an import")
            .WithDescription(
                "An import that was not started ends at once. A running one stops after the rows in progress, within a few seconds; `cancelRequestedAt` is "
                    + "set until then. Rows that were stored before are kept. Canceling again changes nothing; 409 if the import has ended otherwise."
            )
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<Page<ImportResponse>>, ProblemHttpResult>> ListAsync(
        [Choices<ImportState>, Description("queued, processing, completed, failed or canceled; any by default.")] string? state,
        [Description("true: the imports of all users. Only for administrators.")] bool? all,
        [AsParameters] PageQuery page,
        HttpContext http,
        ImportLists imports,
        UserStore users,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(ImportLists.Sort, key => key.IsBsonNull);
        var size = page.GetSize();
        var stateFilter = QueryValues.ParseEnum<ImportState>("state", state);
        if (all == true && !http.User.Can(Permissions.ImportsReadAll))
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status403Forbidden,
                title: "Forbidden",
                detail: "Only administrators can list the imports of all users."
            );
        }
        var found = await imports.ListAsync(all == true ? null : http.User.GetObjectId(), stateFilter, position, size, cancellationToken);
        var names = await users.GetNamesAsync([.. found.Items.Select(import => import.OwnerId).Distinct()], cancellationToken);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(found.Select(import => ImportResponse.From(import, names.GetValueOrDefault(import.OwnerId))));
    }

    private static async Task<Results<Ok<ImportResponse>, ProblemHttpResult>> CancelAsync(
        [Description("The import's ID")] string id,
        HttpContext http,
        ImportCancellation cancellation,
        ImportSignals signals,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var importId))
            return Problems.NotFound("import");
        ObjectId? owner = http.User.Can(Permissions.ImportsCancelAll) ? null : http.User.GetObjectId();
        if (await cancellation.CancelAsync(importId, owner, cancellationToken) is not { } import)
            return Problems.NotFound("import");
        if (import.State is ImportState.Completed or ImportState.Failed)
            return Problems.Conflict("The import has already ended.");
        if (import.State == ImportState.Canceled)
            await PublishProgressAsync(signals, import);
        else
            await signals.WakeWorkersAsync();
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(ImportResponse.From(import));
    }

    private static Task PublishProgressAsync(ImportSignals signals, ImportDocument import) =>
        signals.PublishProgressAsync(
            new ImportProgressMessage(
                import.Id.ToString(),
                import.OwnerId.ToString(),
                JsonNamingPolicy.CamelCase.ConvertName(import.Kind.ToString()),
                JsonNamingPolicy.CamelCase.ConvertName(import.State.ToString()),
                import.Total,
                import.Succeeded,
                import.Failed,
                import.RowsPerSecond
            )
        );
}
