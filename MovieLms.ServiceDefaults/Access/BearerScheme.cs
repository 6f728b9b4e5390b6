using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>
/// Configures ASP.NET Core's Bearer scheme (RFC 6750). It validates a token the first time; <see cref="ValidatedTokens"/> recognizes the
/// token in later requests.
/// </summary>
internal sealed class BearerScheme(AccessTokenValidator validator, ValidatedTokens tokens) : IConfigureNamedOptions<JwtBearerOptions>
{
    internal const string Name = JwtBearerDefaults.AuthenticationScheme;

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name == Name)
            Configure(options);
    }

    public void Configure(JwtBearerOptions options)
    {
        options.Challenge = "Bearer realm=\"MovieLms\"";
        // RFC 6750, section 3.1 asks for the error code only: the response does not reveal which check failed.
        options.IncludeErrorDetails = false;
        options.SaveToken = false;
        options.TokenValidationParameters = validator.Parameters;
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(validator.Handler);
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = ReadToken,
            OnTokenValidated = RememberToken,
            OnChallenge = DescribeError,
            OnForbidden = context =>
                context.HttpContext.RequestServices.GetService<IAccessDenials>()?.RecordAsync(context.HttpContext) ?? Task.CompletedTask,
        };
    }

    private static Task ReadToken(MessageReceivedContext context)
    {
        if (BearerToken.Read(context.Request) is { } text)
            context.Token = text;
        else
            context.NoResult();
        return Task.CompletedTask;
    }

    private Task RememberToken(TokenValidatedContext context)
    {
        if (
            BearerToken.Read(context.Request) is { } text
            && validator.Accept(context.Principal!, (JsonWebToken)context.SecurityToken) is { } token
            && tokens.TryAdd(text, token)
        )
        {
            context.Principal = token.User;
        }
        else
        {
            context.Fail("The access token is not valid.");
        }

        return Task.CompletedTask;
    }

    private static Task DescribeError(JwtBearerChallengeContext context)
    {
        if (context.AuthenticateFailure is not null)
            (context.Error, context.ErrorDescription) = ("invalid_token", "The access token is invalid, expired or revoked");
        return Task.CompletedTask;
    }
}
