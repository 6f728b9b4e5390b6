using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace MovieLms.AppHost;

/// <summary>The first admin's address and password.</summary>
internal sealed record Admin(IResourceBuilder<ParameterResource> Email, IResourceBuilder<ParameterResource> Password);

/// <summary>
/// The parameters of the model. A run makes up what is not set and keeps it in the user secrets; a deployment asks for
/// what only its operator can know. A parameter without a value makes a publish wait for ever where nobody can be asked.
/// </summary>
internal static class Secrets
{
    private const string RunsEmail = "admin@movielms.local";
    private const int SecretLength = 24;

    /// <summary>Letters and digits only: StackExchange.Redis splits a connection string at commas, and a URL would need escapes.</summary>
    internal static IResourceBuilder<ParameterResource> AddGeneratedSecret(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddParameter(name, new GenerateParameterDefault { MinLength = SecretLength, Special = false }, secret: true, persist: true);

    internal static Admin AddFirstAdmin(this IDistributedApplicationBuilder builder) => builder.ExecutionContext.IsPublishMode
        ? new(builder.AddParameter("admin-email"), builder.AddParameter("admin-password", secret: true))
        : new(builder.AddParameter("admin-email", new MadeUp(() => RunsEmail)), builder.AddGeneratedSecret("admin-password"));

    /// <summary>The private key that signs access tokens: a P-256 key as PEM, on one line where lines are trouble.</summary>
    internal static IResourceBuilder<ParameterResource> AddTokenKey(this IDistributedApplicationBuilder builder) => builder.ExecutionContext.IsPublishMode
        ? builder.AddParameter("token-key", secret: true)
        : builder.AddParameter("token-key", new MadeUp(NewTokenKey), secret: true, persist: true);

    private static string NewTokenKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings(" ");
    }

    /// <summary>A value for a run only; a deployment never has one by default.</summary>
    private sealed class MadeUp(Func<string> make) : ParameterDefault
    {
        public override string GetDefaultValue() => make();

        public override void WriteToManifest(ManifestPublishingContext context) =>
            throw new NotSupportedException("A value made up for a run is no default of a deployment.");
    }
}
