using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Authentication;

/// <summary>A server with a user whose name and password contain characters that URLs, SCRAM and SASLprep change.</summary>
public sealed class AuthenticatedServer : IAsyncLifetime
{
    public const string UserName = "us,er=1@/ü";

    /// <summary>Contains a soft hyphen, which SASLprep removes, and Ⅸ, which it replaces by IX.</summary>
    public const string Password = "p/ss:w@rd%,= \u00AD\u2168";

    public const string PreparedPassword = "p/ss:w@rd%,= IX";

    public EmbeddedMongoServer Server { get; private set; } = null!;

    public static EmbeddedMongoOptions Options { get; } = new() { User = new EmbeddedMongoUser(UserName, Password) };

    /// <summary>Returns the connection string of a client that sends a password.</summary>
    public string GetConnectionString(string userName, string password, string pathAndQuery = "/") =>
        $"mongodb://{Uri.EscapeDataString(userName)}:{Uri.EscapeDataString(password)}@127.0.0.1:{Server.Port}{pathAndQuery}";

    public MongoClient CreateAnonymousClient() => new($"mongodb://127.0.0.1:{Server.Port}/?directConnection=true");

    public async ValueTask InitializeAsync() => Server = await EmbeddedMongoServer.StartAsync(Options);

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();
}
