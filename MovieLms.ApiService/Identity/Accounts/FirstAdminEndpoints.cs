using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.ApiService.Identity.Contracts;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>The first administrator of a new installation.</summary>
/// <param name="Token">The part after the number sign of the link that MovieLms shows at its first start.</param>
/// <param name="Username">The name that others see.</param>
/// <param name="Email">The address to sign in with.</param>
/// <param name="Password">The password to set.</param>
public sealed record FirstAdminRequest(
    [Required, MaxLength(200)] string Token,
    [Required, StringLength(60), OneLine] string Username,
    [Required, MailAddress] string Email,
    [Required, MaxLength(1_000), AcceptablePassword] string Password
) : IRegistration;

/// <summary>Creates the first administrator through a link.</summary>
internal static class FirstAdminEndpoints
{
    internal static void MapFirstAdmin(this RouteGroupBuilder auth) =>
        auth.MapPost("/first-admin", CreateAsync)
            .AllowAnonymous()
            .LimitByAddress(IdentityLimits.FirstAdmin)
            .WithName("createFirstAdmin")
            .WithSummary("Create the first administrator")
            .WithDescription(
                "Takes the token of the link that MovieLms shows at its start while there is no administrator, and signs the new "
                    + "administrator in. The token works once and expires after 24 hours. Responds with 409 if there is an administrator."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Created<LoginResponse>, ProblemHttpResult>> CreateAsync(
        FirstAdminRequest request,
        FirstAdminLink link,
        UserStore users,
        SignIn signIn,
        CodeSender codes,
        AuditLog audit,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (await users.AnyWithRoleAsync(Roles.Admin, cancellationToken))
            return Problems.Conflict("There is an administrator already. Sign in, or ask an administrator to invite you.");
        var user = await link.RedeemAsync(request.Token, request.Username, request.Email, request.Password, cancellationToken);
        if (user is null)
            return Problems.Conflict("The e-mail address is taken. Choose another.");
        await audit.WriteAsync(AuditActions.FirstAdmin, true, user.Id);
        await codes.SendAsync(user, OtpPurpose.VerifyEmail, CancellationToken.None);
        return TypedResults.Created("/api/auth/me", await signIn.CompleteAsync(user, SignIn.Password, http, CancellationToken.None));
    }
}
