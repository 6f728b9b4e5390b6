using System.Net;
using MovieLms.Standalone;

namespace MovieLms.Testing.Processes;

/// <summary>The three services and the two backing services, each a process of its own that can die and come back where it was.</summary>
public sealed class Installation : IAsyncDisposable
{
    public const string AdminEmail = "admin@movielms.example";
    public const string AdminPassword = "rosebud was a sled";
    private readonly TemporaryFolder _data = new();
    private readonly TestMailCatcher _mail = TestMailCatcher.Start();
    private readonly Dictionary<string, DotnetProcess> _backing = [];
    private readonly int _mongoPort = FreePort.Take();
    private readonly int _redisPort = FreePort.Take();
    private readonly string _redisPassword = RedisPassword.Generate();
    private readonly string? _redisServer;

    private Installation(string? redisServer) => _redisServer = redisServer;

    /// <summary>Everything that may be killed.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["mongo", "redis", "ApiService", "Worker", "Realtime"];

    /// <summary>The services.</summary>
    public ServiceProcesses Services { get; private set; } = null!;

    /// <summary>The database's connection string.</summary>
    public string Mongo => $"mongodb://127.0.0.1:{_mongoPort}/chaos";

    /// <summary>Redis' connection string.</summary>
    public string Redis => $"127.0.0.1:{_redisPort},password={_redisPassword}";

    /// <summary>Receives the mail, unless the settings name another server.</summary>
    public TestMailCatcher Mail => _mail;

    /// <summary>Starts all of it and waits until it is ready.</summary>
    /// <param name="settings">On top of its own.</param>
    /// <param name="withBacking">False starts the services only, which cannot be ready.</param>
    /// <param name="redisServer">The path of a redis-server to run in place of the embedded one; it keeps nothing on disk, so that its
    /// restart empties it.</param>
    public static async Task<Installation> StartAsync(
        IReadOnlyDictionary<string, string?>? settings = null,
        bool withBacking = true,
        string? redisServer = null
    )
    {
        var installation = new Installation(redisServer);
        try
        {
            if (withBacking)
            {
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

    /// <summary>SIGKILL to one part.</summary>
    public Task KillAsync(string part) => _backing.TryGetValue(part, out var process) ? process.KillAsync() : Services.KillAsync(part);

    /// <summary>Stops a backing service without ending it: its connections stay open and nothing responds.</summary>
    public void Suspend(string part) => _backing[part].Suspend();

    /// <summary>Continues a suspended backing service, and waits until all services are ready.</summary>
    public Task ResumeAsync(string part)
    {
        _backing[part].Resume();
        return WaitUntilReadyAsync(part);
    }

    /// <summary>Starts a backing service that was left out.</summary>
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
                    new Dictionary<string, string?> { [RedisPassword.Variable] = _redisPassword },
                    $"--backing-only={part}",
                    "--data",
                    Path.Combine(_data.Path, part),
                    "--mongo-port",
                    $"{_mongoPort}",
                    "--redis-port",
                    $"{_redisPort}"
                );

    /// <summary>Starts a killed part again, at its address, and waits until all services are ready.</summary>
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
            await Eventually.TrueAsync(
                async () => await HealthAsync(address) == HttpStatusCode.OK,
                $"{address} is ready after {part} came back",
                60
            );
        }
    }

    /// <summary>What a service says of itself; null when it does not answer at all.</summary>
    public static async Task<HttpStatusCode?> HealthAsync(Uri service, string query = "")
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
