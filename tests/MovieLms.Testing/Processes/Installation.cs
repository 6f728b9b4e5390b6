using System.Net;
using MovieLms.Standalone;

namespace MovieLms.Testing.Processes;

/// <summary>The three services and the two backing services as separate processes that can be killed and restarted.</summary>
public sealed class Installation : IAsyncDisposable
{
    public const string AdminEmail = "admin@movielms.example";
    public const string AdminPassword = "rosebud was a sled";
    private readonly TemporaryFolder _data = new();
    private readonly TestMailCatcher _mail = TestMailCatcher.Start();
    private readonly Dictionary<string, DotnetProcess> _backing = [];
    private readonly int _mongoPort = FreePort.Find();
    private readonly int _redisPort = FreePort.Find();
    private readonly string _mongoPassword = EmbeddedPassword.Generate();
    private readonly string _redisPassword = EmbeddedPassword.Generate();
    private readonly string? _redisServer;

    private Installation(string? redisServer, string? mongo)
    {
        _redisServer = redisServer;
        Mongo = mongo ?? $"mongodb://{EmbeddedBackingServices.MongoUser}:{_mongoPassword}@127.0.0.1:{_mongoPort}/chaos?authSource=admin";
    }

    /// <summary>The names of the processes that can be killed.</summary>
    public static IReadOnlyList<string> ProcessNames { get; } = ["mongo", "redis", "ApiService", "Worker", "Realtime"];

    /// <summary>The service processes.</summary>
    public ServiceProcesses Services { get; private set; } = null!;

    /// <summary>The MongoDB connection string.</summary>
    public string Mongo { get; }

    /// <summary>The Redis connection string.</summary>
    public string Redis => $"127.0.0.1:{_redisPort},password={_redisPassword}";

    /// <summary>The mail catcher. It receives the mail unless the settings name another server.</summary>
    public TestMailCatcher Mail => _mail;

    /// <summary>The processor time of all running processes since their start.</summary>
    public TimeSpan ProcessorTime => Services.ProcessorTime + new TimeSpan(_backing.Values.Sum(process => process.ProcessorTime.Ticks));

    /// <summary>Starts all processes and waits until the services are ready.</summary>
    /// <param name="settings">Additional settings of the services.</param>
    /// <param name="withBacking">False to start only the services, which then cannot be ready.</param>
    /// <param name="redisServer">The path of a redis-server to use instead of the embedded Redis. It stores nothing on disk, so a restart
    /// empties it.</param>
    /// <param name="mongo">The connection string of a database to use instead of the embedded MongoDB. It is not dropped.</param>
    public static async Task<Installation> StartAsync(
        IReadOnlyDictionary<string, string?>? settings = null,
        bool withBacking = true,
        string? redisServer = null,
        string? mongo = null
    )
    {
        var installation = new Installation(redisServer, mongo);
        try
        {
            if (withBacking)
            {
                if (mongo is null)
                    installation.Launch("mongo");
                installation.Launch("redis");
            }
            var environment = new Dictionary<string, string?>
            {
                ["ConnectionStrings__mongodb"] = installation.Mongo,
                ["ConnectionStrings__redis"] = installation.Redis,
                ["ConnectionStrings__smtp"] = installation.Mail.ConnectionString,
                ["Admin__Email"] = AdminEmail,
                ["Admin__Password"] = AdminPassword,
                ["RateLimits__RequestsPerSecond"] = "100000",
                ["Auth__AccessTokenMinutes"] = "60",
            };
            foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
                environment[name] = value;
            installation.Services = await ServiceProcesses.StartAsync("chaos", environment, withBacking);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends SIGKILL to one process.</summary>
    public Task KillAsync(string part) => _backing.TryGetValue(part, out var process) ? process.KillAsync() : Services.KillAsync(part);

    /// <summary>Suspends a backing service: its connections stay open, but it does not respond.</summary>
    public void Suspend(string part) => _backing[part].Suspend();

    /// <summary>Resumes a suspended backing service, and waits until all services are ready.</summary>
    public Task ResumeAsync(string part)
    {
        _backing[part].Resume();
        return WaitUntilReadyAsync(part);
    }

    /// <summary>Starts a backing service that is not running.</summary>
    public void Launch(string part) =>
        _backing[part] =
            part == "redis" && _redisServer is not null
                ? DotnetProcess.StartProgram(
                    _redisServer,
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    $"{_redisPort}",
                    "--requirepass",
                    _redisPassword,
                    "--save",
                    "",
                    "--appendonly",
                    "no"
                )
                : DotnetProcess.Start(
                    "MovieLms.Standalone",
                    new Dictionary<string, string?>
                    {
                        [EmbeddedPassword.MongoVariable] = _mongoPassword,
                        [EmbeddedPassword.RedisVariable] = _redisPassword,
                    },
                    $"--backing-only={part}",
                    "--data",
                    Path.Combine(_data.Path, part),
                    "--mongo-port",
                    $"{_mongoPort}",
                    "--redis-port",
                    $"{_redisPort}"
                );

    /// <summary>Restarts a killed process at the same address, and waits until all services are ready.</summary>
    public async Task RestartAsync(string part)
    {
        if (_backing.TryGetValue(part, out var dead))
        {
            await dead.DisposeAsync();
            Launch(part);
        }
        else
        {
            await Services.RestartAsync(part);
        }
        await WaitUntilReadyAsync(part);
    }

    private async Task WaitUntilReadyAsync(string part)
    {
        foreach (var address in new[] { Services.Api, Services.Worker, Services.Realtime })
        {
            await Eventually.WaitUntilAsync(
                async () => await GetHealthAsync(address) == HttpStatusCode.OK,
                $"{address} is ready after the restart of {part}",
                60
            );
        }
    }

    /// <summary>Returns the status of a service's <c>/health</c>, or null if the service does not respond.</summary>
    public static async Task<HttpStatusCode?> GetHealthAsync(Uri service, string query = "")
    {
        using var client = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromSeconds(20) };
        try
        {
            return (await client.GetAsync("/health" + query)).StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Services is not null)
            await Services.DisposeAsync();
        foreach (var process in _backing.Values)
            await process.DisposeAsync();
        await _mail.DisposeAsync();
        _data.Dispose();
    }
}
