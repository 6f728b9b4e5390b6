using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Contracts;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;
using MovieLms.Data.Paging;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.Users;

/// <summary>Somebody who is to get an account.</summary>
public sealed record InviteUserRequest(
    [Required, StringLength(60), OneLine] string Username,
    [Required, MailAddress] string Email,
    [property: ChoicesOf(typeof(Roles), nameof(Roles.All))]
    [AllowedValues(null, Roles.Student, Roles.Instructor, Roles.Admin, ErrorMessage = "The role must be student, instructor or admin.")]
        string? Role
);

/// <summary>Another role.</summary>
public sealed record ChangeRoleRequest(
    [property: ChoicesOf(typeof(Roles), nameof(Roles.All))]
    [Required, AllowedValues(Roles.Student, Roles.Instructor, Roles.Admin, ErrorMessage = "The role must be student, instructor or admin.")]
        string Role
);

/// <summary>Administration of users.</summary>
internal static class UserEndpoints
{
    internal static void MapUsers(this IEndpointRouteBuilder endpoints)
    {
        var users = endpoints
            .MapArea("/api/users", "Users")
            .RequirePermission(Permissions.UsersManage)
            .WithNoStore()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        users
            .MapGet("/", ListAsync)
            .WithName("listUsers")
            .WithExport<UserResponse>("users")
            .WithSummary("List users")
            .WithDescription("Including archived users. Newest first, or by e-mail address if the search has an at sign.")
            .ProducesValidationProblem();
        users
            .MapGet("/{id}", GetAsync)
            .WithName("getUser")
            .WithSummary("Get a user")
            .WithDescription("Also an archived one.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        users
            .MapPost("/", InviteAsync)
            .WithName("inviteUser")
            .WithSummary("Invite a user")
            .WithDescription(
                "Creates an account and mails a link to choose a password. The role is `student` unless the body has " + "another."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict);
        users
            .MapPatch("/{id}/role", SetRoleAsync)
            .WithName("changeRole")
            .WithSummary("Change a user's role")
            .WithDescription(
                "Takes effect at once: earlier tokens of the user are rejected. The last administrator keeps the " + "role (409)."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        users
            .MapPost("/{id}/archive", ArchiveAsync)
            .WithName("archiveUser")
            .WithSummary("Archive a user")
            .WithDescription(
                "Ends the user's sessions and hides their reviews and chat messages. `POST /api/users/{id}/restore` " + "undoes it."
            )
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        users
            .MapPost("/{id}/restore", RestoreAsync)
            .WithName("restoreUser")
            .WithSummary("Restore an archived user")
            .WithDescription(
                "Makes exactly those reviews and chat messages visible again that were hidden with the user. " + "Sessions stay ended."
            )
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        users
            .MapDelete("/{id}/sessions", EndSessionsAsync)
            .WithName("endUserSessions")
            .WithSummary("End a user's sessions")
            .WithDescription("Every token of the user is refused from then on.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        users
            .MapDelete("/{id}/second-step", RemoveSecondStepAsync)
            .WithName("removeSecondStep")
            .WithSummary("Remove a user's second step")
            .WithDescription("For a user who has lost it: all sessions end, and the user is told by mail.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<Page<UserResponse>>> ListAsync(
        [AsParameters] PageQuery page,
        [ChoicesOf(typeof(Roles), nameof(Roles.All)), Description("Only users of this role.")] string? role,
        [
            StringLength(QueryValues.MaxTextLength),
            Description("Words that must each begin a word of the name; with an at sign, the beginning of the e-mail address.")
        ]
            string? search,
        UserStore users,
        CancellationToken cancellationToken
    )
    {
        if (role is not null && !Roles.All.Contains(role))
            throw new InvalidInputException("role", "The role must be student, instructor or admin.");
        var text = QueryValues.ParseText("search", search);
        var sort = UserSearch.SortOf(text);
        var position = page.GetPosition(sort, key => UserSearch.Accepts(sort, key));
        var found = await users.ListAsync(role, text, position, page.GetSize(), cancellationToken);
        return TypedResults.Ok(found.Select(UserResponse.From));
    }

    private static async Task<Results<Versioned<UserResponse>, ProblemHttpResult>> GetAsync(
        [Description("The user's ID")] string id,
        UserStore users,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var userId) || await users.FindAsync(userId, cancellationToken) is not { DeletedAt: null } user)
            return Problems.NotFound("user");
        return new Versioned<UserResponse>(UserResponse.From(user), user.Version);
    }

    private static async Task<Results<Created<UserResponse>, ProblemHttpResult>> InviteAsync(
        InviteUserRequest request,
        UserAdministration administration,
        CancellationToken cancellationToken
    )
    {
        if (!MailAddress.TryNormalize(request.Email, out var normalized))
            throw new InvalidInputException("email", "The value must be an e-mail address.");
        var user = await administration.InviteAsync(
            request.Username.Trim(),
            request.Email,
            normalized,
            request.Role ?? Roles.Student,
            cancellationToken
        );
        return user is null
            ? Problems.Conflict("The e-mail address is taken.")
            : TypedResults.Created($"/api/users/{user.Id}", UserResponse.From(user));
    }

    private static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> SetRoleAsync(
        string id,
        ChangeRoleRequest request,
        UserAdministration administration,
        CancellationToken cancellationToken
    ) =>
        ToResponse(
            Problems.TryParseId(id, out var userId) ? await administration.SetRoleAsync(userId, request.Role, cancellationToken) : default
        );

    private static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> ArchiveAsync(
        string id,
        ClaimsPrincipal caller,
        UserAdministration administration,
        CancellationToken cancellationToken
    ) =>
        ToResponse(
            Problems.TryParseId(id, out var userId)
                ? await administration.ArchiveAsync(userId, caller.GetObjectId(), cancellationToken)
                : default
        );

    private static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> RestoreAsync(
        string id,
        ClaimsPrincipal caller,
        UserAdministration administration,
        CancellationToken cancellationToken
    ) =>
        ToResponse(
            Problems.TryParseId(id, out var userId)
                ? await administration.RestoreAsync(userId, caller.GetObjectId(), cancellationToken)
                : default
        );

    private static async Task<Results<NoContent, ProblemHttpResult>> EndSessionsAsync(
        string id,
        UserAdministration administration,
        CancellationToken cancellationToken
    ) =>
        Problems.TryParseId(id, out var userId) && await administration.EndSessionsAsync(userId, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound("user");

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveSecondStepAsync(
        string id,
        UserAdministration administration,
        CancellationToken cancellationToken
    ) =>
        Problems.TryParseId(id, out var userId) && await administration.RemoveSecondStepAsync(userId, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound("user");

    private static Results<Ok<UserResponse>, ProblemHttpResult> ToResponse((AdministrationStatus Status, UserDocument? User) result) =>
        result switch
        {
            (AdministrationStatus.Done, { } user) => TypedResults.Ok(UserResponse.From(user)),
            (AdministrationStatus.LastAdmin, _) => Problems.Conflict(
                "This is the last administrator. Make another user an administrator first."
            ),
            _ => Problems.NotFound("user"),
        };
}
