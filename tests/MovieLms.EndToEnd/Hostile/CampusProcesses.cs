using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>Standalone, or the services and the gateway as separate processes, with rate limits that the walk does not reach.</summary>
internal sealed class CampusProcesses : IAsyncDisposable
{
    private static readonly string[] Limits =
    [
        "Register",
        "Refresh",
        "RefreshToken",
        "LoginAddress",
        "LoginAccount",
        "LoginVerify",
        "ForgotAddress",
        "ForgotAccount",
        "Reset",
        "External",
        "Otp",
        "OtpVerify",
        "SecondStep",
    ];

    private readonly MongoClient _mongo;
    private readonly List<(string Name, DotnetProcess Process)> _running = [];
    private StandaloneProcess? _standalone;
    private ServiceProcesses? _services;

    private CampusProcesses(MongoClient mongo, string database) => (_mongo, Database) = (mongo, mongo.GetDatabase(database));

    /// <summary>The public address.</summary>
    internal Uri Address { get; private set; } = null!;

    internal IMongoDatabase Database { get; }

    internal bool IsBehindGateway => _services is not null;

    /// <summary>The log output of all processes.</summary>
    internal string Output => string.Join('\n', _running.Select(pair => pair.Process.Output));

    internal static async Task<CampusProcesses> StartAsync(bool isBehindGateway, string adminEmail, string adminPassword)
    {
        var (backing, name) = (await BackingServices.GetAsync(), BackingServices.CreateName());
        var campus = new CampusProcesses(new MongoClient(backing.GetMongoConnectionString(name)), name);
        var settings = CreateSettings(adminEmail, adminPassword);
        try
        {
            if (isBehindGateway)
                await campus.StartServicesAsync(name, settings);
            else
                await campus.StartStandaloneAsync(backing, name, settings);
            return campus;
        }
        catch
        {
            await campus.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for a mail in the outbox or, once it was sent, in the mail catcher, and returns its text.</summary>
    internal async Task<string> GetMailTextAsync(HttpClient admin, string to, string subject)
    {
        string? text = null;
        await Eventually.WaitUntilAsync(
            async () => (text = await FindInOutboxAsync(to, subject) ?? await FindInCatcherAsync(admin, to, subject)) is not null,
            $"a mail '{subject}' arrives",
            30
        );
        return text!.ReplaceLineEndings("\n");
    }

    /// <summary>Returns the resident memory of each process after a garbage collection, in bytes.</summary>
    internal async Task<IReadOnlyDictionary<string, long>> MeasureAsync()
    {
        foreach (var (_, process) in _running.Concat(_running))
            await HeapProbe.CollectAsync(process.Id);
        return _running.ToDictionary(pair => pair.Name, pair => pair.Process.ResidentBytes);
    }

    public async ValueTask DisposeAsync()
    {
        if (_standalone is not null)
            await _standalone.DisposeAsync();
        if (_services is not null)
            await _services.DisposeAsync();
        _mongo.Dispose();
    }

    private async Task<string?> FindInOutboxAsync(string to, string subject)
    {
        var mail = await Database
            .GetCollection<BsonDocument>(CollectionNames.Outbox)
            .Find(
                new BsonDocument
                {
                    { "to", to },
                    { "subject", subject },
                    { "text", new BsonDocument("$type", "string") },
                }
            )
            .FirstOrDefaultAsync();
        return mail?["text"].AsString;
    }

    private async Task<string?> FindInCatcherAsync(HttpClient admin, string to, string subject)
    {
        if (
            IsBehindGateway
            || !await Database
                .GetCollection<BsonDocument>(CollectionNames.Outbox)
                .Find(new BsonDocument { { "to", to }, { "subject", subject } })
                .AnyAsync()
        )
        {
            return null;
        }

        return (await admin.GetFromJsonAsync<JsonElement>("/mail.json"))
            .EnumerateArray()
            .Where(mail =>
                mail.GetProperty("to").GetString()!.Contains(to, StringComparison.OrdinalIgnoreCase)
                && mail.GetProperty("subject").GetString() == subject
            )
            .Select(mail => mail.GetProperty("text").GetString())
            .FirstOrDefault();
    }

    private static Dictionary<string, string?> CreateSettings(string adminEmail, string adminPassword)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Admin__Email"] = adminEmail,
            ["Admin__Password"] = adminPassword,
            ["Auth__BcryptCost"] = "4",
            ["Auth__AccessTokenMinutes"] = "60",
            ["RateLimits__RequestsPerSecond"] = "1000000",
            ["Imports__MaxQueued"] = "10000",
            ["Imports__MaxBytesPerDay"] = "1000000000000",
            // Otherwise memory that the garbage collector retains would look like growth.
            ["DOTNET_GCgen0size"] = "0x1000000",
            ["DOTNET_GCConserveMemory"] = "5",
        };
        foreach (var limit in Limits)
            settings[$"RateLimits__{limit}__Permits"] = "1000000";
        return settings;
    }

    private async Task StartStandaloneAsync(BackingServices backing, string name, Dictionary<string, string?> settings)
    {
        (settings["ConnectionStrings__mongodb"], settings["ConnectionStrings__redis"], settings["Redis__Prefix"]) = (
            backing.GetMongoConnectionString(name),
            backing.Redis,
            name + ":"
        );
        _standalone = await StandaloneProcess.StartAsync(null, settings);
        Address = _standalone.Address;
        _running.Add(("Standalone", _standalone.Process));
    }

    private async Task StartServicesAsync(string name, Dictionary<string, string?> settings)
    {
        _services = await ServiceProcesses.StartAsync(name, settings);
        Address = await _services.StartWebAsync(
            settings.Where(pair => !pair.Key.StartsWith("Admin", StringComparison.Ordinal)).ToDictionary()
        );
        _running.AddRange(
            new[] { "ApiService", "Worker", "Realtime", ServiceProcesses.Web }.Select(service => (service, _services[service]))
        );
    }
}
