using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace MovieLms.AppHost.Parameters;

/// <summary>The e-mail address and password of the first administrator.</summary>
internal sealed record Administrator(IResourceBuilder<ParameterResource> Email, IResourceBuilder<ParameterResource> Password);

/// <summary>
/// The parameters of the model. A run generates missing values and stores them in the user secrets. A deployment prompts for the
/// values that only its operator can know.
/// </summary>
internal static class ParameterExtensions
{
    private const string DefaultEmail = "admin@movielms.local";
    private const int SecretLength = 24;

    /// <summary>
    /// Adds a secret of letters and digits only: StackExchange.Redis splits a connection string at commas, and other characters would
    /// have to be escaped in a URL.
    /// </summary>
    internal static IResourceBuilder<ParameterResource> AddGeneratedSecret(
        this IDistributedApplicationBuilder builder,
        string name,
        string description
    ) =>
        builder
            .AddParameter(name, new GenerateParameterDefault { MinLength = SecretLength, Special = false }, secret: true, persist: true)
            .WithDescription(description, enableMarkdown: true);

    /// <summary>Adds the password of MongoDB, for both the container and the embedded process.</summary>
    internal static IResourceBuilder<ParameterResource> AddMongoPassword(this IDistributedApplicationBuilder builder) =>
        builder.AddGeneratedSecret("mongo-password", "Password of MongoDB; for the embedded process, 22 to 128 letters and digits.");

    /// <summary>Adds the password of Redis, for both the container and the embedded process.</summary>
    internal static IResourceBuilder<ParameterResource> AddRedisPassword(this IDistributedApplicationBuilder builder) =>
        builder.AddGeneratedSecret("redis-password", "Password of Redis: 22 to 128 letters and digits.");

    internal static Administrator AddAdministrator(this IDistributedApplicationBuilder builder)
    {
        const string EmailDescription = "E-mail address of the first administrator. Used only while there is no administrator.";
        const string PasswordDescription =
            "Password of the first administrator. Used only while there is no administrator. At least 10 characters; no common password.";
        var email = builder.ExecutionContext.IsPublishMode
            ? builder.AddParameter("admin-email")
            : builder.AddParameter("admin-email", new RunDefault(() => DefaultEmail));
        var password = builder.ExecutionContext.IsPublishMode
            ? builder.AddParameter("admin-password", secret: true).WithDescription(PasswordDescription)
            : builder.AddGeneratedSecret("admin-password", PasswordDescription);
        return new Administrator(email.WithDescription(EmailDescription), password);
    }

    /// <summary>Adds the private key that signs access tokens: a P-256 key in PEM form on one line.</summary>
    internal static IResourceBuilder<ParameterResource> AddTokenKey(this IDistributedApplicationBuilder builder) =>
        (
            builder.ExecutionContext.IsPublishMode
                ? builder.AddParameter("token-key", secret: true)
                : builder.AddParameter("token-key", new RunDefault(GenerateTokenKey), secret: true, persist: true)
        ).WithDescription(
            "Private P-256 key that signs access tokens, in PEM form on one line: "
                + "`openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt | tr '\\n' ' '`",
            enableMarkdown: true
        );

    private static string GenerateTokenKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings(" ");
    }

    /// <summary>A default for local runs only, so that no deployment uses it by accident.</summary>
    private sealed class RunDefault(Func<string> generate) : ParameterDefault
    {
        public override string GetDefaultValue() => generate();

        public override void WriteToManifest(ManifestPublishingContext context) =>
            throw new NotSupportedException("A deployment has no default for this parameter.");
    }
}
