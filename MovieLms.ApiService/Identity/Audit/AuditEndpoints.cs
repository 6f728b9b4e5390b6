using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using MongoDB.Bson;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;
using MovieLms.Data.Paging;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.Audit;

/// <summary>An entry of the audit log.</summary>
internal sealed record AuditEntryResponse(
    string Id,
    DateTimeOffset At,
    [property: ChoicesOf(typeof(AuditActions), nameof(AuditActions.All))] string Action,
    bool Succeeded,
    string? ActorId,
    string? UserId,
    string? Address,
    string? Detail,
    [property: Description("How many times it happened: denied requests of a user to an endpoint are counted per minute.")] int Count
)
{
    internal static AuditEntryResponse From(AuditEntry entry) =>
        new(
            entry.Id.ToString(),
            entry.At,
            entry.Action,
            entry.Succeeded,
            entry.ActorId?.ToString(),
            entry.UserId?.ToString(),
            entry.Address,
            entry.Detail,
            entry.Count ?? 1
        );
}

/// <summary>Read access to the audit log for administrators.</summary>
internal static class AuditEndpoints
{
    internal static void MapAudit(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapArea("/api/audit", "Audit")
            .MapGet("/", ListAsync)
            .RequirePermission(Permissions.AuditRead)
            .WithName("listAudit")
            .WithExport<AuditEntryResponse>("audit")
            .WithSummary("List audit events")
            .WithDescription("Sign-ins, failures, denied requests and administrative actions, newest first.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);

    private static async Task<Ok<Page<AuditEntryResponse>>> ListAsync(
        [AsParameters] PageQuery page,
        [Description("Only what concerns this user.")] string? userId,
        [Description("Only this kind, e.g. login or user.role."), ChoicesOf(typeof(AuditActions), nameof(AuditActions.All))] string? action,
        AuditStore store,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        ObjectId? userFilter = null;
        if (userId is not null)
        {
            userFilter = ObjectId.TryParse(userId, out var id)
                ? id
                : throw new InvalidInputException("userId", "An ID must be 24 hexadecimal digits.");
        }

        var found = await store.ListAsync(
            userFilter,
            QueryValues.ParseText("action", action),
            page.GetPosition(AuditStore.Sort, key => key.IsBsonNull),
            page.GetSize(),
            cancellationToken
        );
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(found.Select(AuditEntryResponse.From));
    }
}
