using System.Net;
using System.Security.Cryptography;
using MongoDB.Driver;
using MovieLms.EndToEnd.Containers;
using MovieLms.Testing;

namespace MovieLms.EndToEnd.Cluster;

/// <summary>
/// Two nodes of each service and of the gateway, MongoDB, Redis and a mail catcher as separate hosts on one bridge network. Each
/// gateway has two explicit destinations per service.
/// </summary>
public sealed class ClusterNetwork : IAsyncLifetime
{
    private const string Name = "movielms-cluster";
    private const string Prefix = "172.30.56.";
    private const string MongoPassword = "mongoSecret";
    private readonly Dictionary<string, ClusterNode> _nodes = [];
    private MongoClient? _mongo;
    private int _lastAddress = 10;

    internal ClusterNode this[string name] => _nodes[name];

    internal ClusterNode Mongo => this["mongo"];

    internal ClusterNode Redis => this["redis"];

    /// <summary>The addresses of the two gateways that clients use.</summary>
    internal IReadOnlyList<Uri> Gateways => [this["web1"].Url, this["web2"].Url];

    /// <summary>The database as accessed from the test process.</summary>
    internal IMongoDatabase Database => _mongo!.GetDatabase("movielms");

    /// <summary>The nodes that use the database and Redis.</summary>
    internal static IReadOnlyList<string> Services { get; } =
    ["apiservice1", "apiservice2", "worker1", "worker2", "realtime1", "realtime2"];

    public async ValueTask InitializeAsync()
    {
        if (!ContainerEngine.IsEnabled)
            return;
        await RemoveAsync();
        await ContainerEngine.RunAsync("network", "create", "--subnet", $"{Prefix}0/24", Name);
        await Add("mongo")
            .StartAsync(
                "docker.io/library/mongo:8.3",
                Variables(new() { ["MONGO_INITDB_ROOT_USERNAME"] = "movielms", ["MONGO_INITDB_ROOT_PASSWORD"] = MongoPassword })
            );
        await Add("redis").StartAsync("docker.io/library/redis:8.6", [], "redis-server", "--protected-mode", "no", "--save", "");
        await Add("mail").StartAsync("docker.io/maildev/maildev:2.2.1", []);
        _mongo = new MongoClient(Connection($"{Mongo.Address}"));
        await InitializeDatabaseAsync();
        foreach (var name in Services)
            await Add(name).StartAsync($"{ContainerEngine.Images}/{name[..^1]}", Variables(ServiceSettings()));
        var destinations = Variables(Destinations(["apiservice", "worker", "realtime"]));
        foreach (var name in new[] { "web1", "web2" })
            await Add(name).StartAsync($"{ContainerEngine.Images}/web", destinations);
        foreach (var name in Services.Concat(["web1", "web2"]))
            await WaitUntilHealthyAsync(name);
    }

    public async ValueTask DisposeAsync()
    {
        _mongo?.Dispose();
        if (ContainerEngine.IsEnabled)
            await RemoveAsync();
    }

    /// <summary>Waits until a node reports no degradation.</summary>
    internal Task WaitUntilHealthyAsync(string name) => WaitForHealthAsync(name, HttpStatusCode.OK, "?strict");

    /// <summary>Waits until a node's <c>/health</c> responds with a status; null waits until it does not respond.</summary>
    internal async Task WaitForHealthAsync(string name, HttpStatusCode? status, string query = "") =>
        await Eventually.WaitUntilAsync(
            async () => await this[name].HealthAsync(query) == status,
            $"{name} reports {status?.ToString() ?? "nothing"} at /health{query}",
            120
        );

    private static string Connection(string host) =>
        $"mongodb://movielms:{MongoPassword}@{host}:27017/movielms?authSource=admin&authMechanism=SCRAM-SHA-256";

    private static string[] Variables(Dictionary<string, string> settings) =>
        [.. settings.SelectMany(setting => new[] { "-e", $"{setting.Key}={setting.Value}" })];

    private static Dictionary<string, string> Destinations(string[] services) =>
        services
            .SelectMany(service => new[] { 0, 1 }.Select(i => ($"services__{service}__http__{i}", $"http://{service}{i + 1}:8080")))
            .Append(("DOTNET_ENVIRONMENT", "Production"))
            .Append(("DOTNET_gcServer", "0"))
            .ToDictionary(pair => pair.Item1, pair => pair.Item2);

    private static Dictionary<string, string> ServiceSettings() =>
        new(Destinations(["apiservice"]))
        {
            ["ConnectionStrings__mongodb"] = Connection("mongo"),
            ["ConnectionStrings__redis"] = "redis:6379",
            ["ConnectionStrings__smtp"] = "smtp://mail:1025?tls=none",
            ["Database__CreateIndexes"] = "false",
            ["PublicUrl"] = "http://web1:8080",
            ["ForwardedHeaders__Proxies__0"] = $"{Prefix}0/24",
            ["Admin__Email"] = TestUsers.AdminEmail,
            ["Admin__Password"] = TestUsers.AdminPassword,
            ["Auth__SigningKeys__0"] = TokenKey,
            ["Auth__AccessTokenMinutes"] = "60",
            ["RateLimits__ChatMessages__Permits"] = "1000000",
            ["Realtime__CallsPerTenSeconds"] = "1000000",
            ["Realtime__CallsPerUserPerTenSeconds"] = "1000000",
            ["RateLimits__Register__Permits"] = "100000",
            ["RateLimits__LoginAddress__Permits"] = "100000",
            ["RateLimits__RequestsPerSecond"] = "100000",
            ["Realtime__ReadsPerTenSeconds"] = "100000",
            ["Realtime__JoinsPerTenSeconds"] = "100000",
        };

    private static string TokenKey { get; } = NewTokenKey();

    private static string NewTokenKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings(" ");
    }

    private ClusterNode Add(string name) => _nodes[name] = new ClusterNode(name, Name, IPAddress.Parse($"{Prefix}{_lastAddress++}"));

    /// <summary>Runs the deployment step that precedes the start of the services.</summary>
    private static Task InitializeDatabaseAsync() =>
        ContainerEngine.RunAsync(
            "run",
            "--rm",
            "--network",
            Name,
            "-e",
            $"ConnectionStrings__mongodb={Connection("mongo")}",
            $"{ContainerEngine.Images}/apiservice",
            "--initialize-database"
        );

    private static async Task RemoveAsync()
    {
        var output = await ContainerEngine.RunAsync("ps", "-aq", "--filter", $"name=^{Name}-");
        var names = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // A paused container cannot be removed.
        foreach (var name in names)
            await ContainerEngine.TryRunAsync("rm", "-f", "-v", name);
        await ContainerEngine.TryRunAsync("network", "rm", Name);
    }
}
