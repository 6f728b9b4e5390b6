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
    [property: Description("The name of the user who caused it; null if there was none or the account was erased.")] string? ActorName,
    string? UserId,
    [property: Description("The name of the affected user; null if there is none or the account was erased.")] string? UserName,
    string? Address,
    string? Detail,
    [property: Description("How many times it happened: denied requests of a user to an endpoint are counted per minute.")] int Count
)
{
    internal static AuditEntryResponse From(AuditEntry entry, IReadOnlyDictionary<ObjectId, string> names) =>
        new(
            entry.Id.ToString(),
            entry.At,
            entry.Action,
            entry.Succeeded,
            entry.ActorId?.ToString(),
            GetName(entry.ActorId, names),
            entry.UserId?.ToString(),
            GetName(entry.UserId, names),
            entry.Address,
            entry.Detail,
            entry.Count ?? 1
        );

    private static string? GetName(ObjectId? user, IReadOnlyDictionary<ObjectId, string> names) =>
        user is { } id ? names.GetValueOrDefault(id) : null;
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
        [Description("Only what this user caused.")] string? actorId,
        [Description("Only this kind, e.g. login or user.role."), ChoicesOf(typeof(AuditActions), nameof(AuditActions.All))] string? action,
        [Description("Only events at this time or later.")] DateTimeOffset? from,
        [Description("Only events before this time.")] DateTimeOffset? to,
        AuditStore store,
        UserStore users,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var filter = new AuditFilter
        {
            UserId = QueryValues.ParseId("userId", userId),
            ActorId = QueryValues.ParseId("actorId", actorId),
            Action = QueryValues.ParseText("action", action),
            From = from,
            To = to,
        };
        if (from >= to)
            throw new InvalidInputException("to", "`to` must be after `from`.");
        var position = page.GetPosition(AuditStore.Sort, key => key.IsBsonNull);
        var found = await store.ListAsync(filter, position, page.GetSize(), cancellationToken);
        var ids = found.Items.SelectMany(entry => new[] { entry.ActorId, entry.UserId }).OfType<ObjectId>().Distinct();
        var names = await users.GetNamesAsync([.. ids], cancellationToken);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(found.Select(entry => AuditEntryResponse.From(entry, names)));
    }
}
