using System.Net;

namespace MovieLms.Testing.Processes;

/// <summary>
/// The three services as separate processes that use <see cref="BackingServices"/>, with the environment that Aspire and
/// <c>scripts/run-services.sh</c> set. A service can be killed and restarted at the same address.
/// </summary>
public sealed class ServiceProcesses : IAsyncDisposable
{
    /// <summary>The name of the gateway.</summary>
    public const string Web = "Web";

    private readonly Dictionary<string, DotnetProcess> _running = [];
    private Dictionary<string, string?> _webEnvironment = [];
    private readonly Dictionary<string, string?> _environment;
    private readonly Dictionary<string, Uri> _addresses = new()
    {
        ["ApiService"] = FreeAddress(),
        ["Worker"] = FreeAddress(),
        ["Realtime"] = FreeAddress(),
    };

    private ServiceProcesses(Dictionary<string, string?> environment) => _environment = environment;

    /// <summary>The address of ApiService.</summary>
    public Uri Api => _addresses["ApiService"];

    /// <summary>The address of Worker.</summary>
    public Uri Worker => _addresses["Worker"];

    /// <summary>The address of Realtime.</summary>
    public Uri Realtime => _addresses["Realtime"];

    /// <summary>
    /// Starts all three services and waits until they are ready, unless the test starts the backing services later.
    /// </summary>
    public static async Task<ServiceProcesses> StartAsync(
        string database,
        IReadOnlyDictionary<string, string?>? settings = null,
        bool waitUntilReady = true
    )
    {
        var backing = await BackingServices.GetAsync();
        var environment = new Dictionary<string, string?>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ConnectionStrings__mongodb"] = backing.GetMongoConnectionString(database),
            ["ConnectionStrings__redis"] = backing.Redis,
            ["Redis__Prefix"] = database + ":",
            ["Auth__BcryptCost"] = "4",
            // Test projects run in parallel and could starve a process with a lower priority for minutes.
            ["Worker__LowerPriority"] = "false",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
            environment[name] = value;
        var processes = new ServiceProcesses(environment);
        environment["services__apiservice__http__0"] = processes.Api.ToString();
        try
        {
            foreach (var name in processes._addresses.Keys)
                processes.Launch(name);
            if (!waitUntilReady)
                return processes;
            foreach (var name in processes._addresses.Keys)
                await processes.WaitUntilReadyAsync(name);
            return processes;
        }
        catch
        {
            await processes.DisposeAsync();
            throw;
        }
    }

    /// <summary>The processor time of all running services since their start.</summary>
    public TimeSpan ProcessorTime => new(_running.Values.Sum(process => process.ProcessorTime.Ticks));

    /// <summary>The process of a service, by the last part of its project name, such as "Worker".</summary>
    public DotnetProcess this[string name] => _running[name];

    /// <summary>Returns the address of a process.</summary>
    public Uri GetAddress(string name) => _addresses[name];

    /// <summary>Starts another process of a service at a new address, and waits until it is ready.</summary>
    /// <returns>The name of the process.</returns>
    public async Task<string> StartAnotherAsync(string name)
    {
        var another = $"{name}#{_addresses.Count}";
        _addresses[another] = FreeAddress();
        Launch(another);
        await WaitUntilReadyAsync(another);
        return another;
    }

    /// <summary>Starts the gateway in front of all running service processes, and waits until it is ready.</summary>
    /// <param name="settings">The settings of the gateway. Of the services' settings, it gets only the connection string of MongoDB.</param>
    /// <returns>The address of the gateway.</returns>
    public async Task<Uri> StartWebAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        _webEnvironment = new Dictionary<string, string?>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ConnectionStrings__mongodb"] = _environment["ConnectionStrings__mongodb"],
        };
        foreach (var instances in _addresses.GroupBy(pair => pair.Key.Split('#')[0].ToLowerInvariant(), pair => pair.Value))
        {
            foreach (var (index, address) in instances.Index())
                _webEnvironment[$"services__{instances.Key}__http__{index}"] = address.ToString();
        }

        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
            _webEnvironment[name] = value;
        _addresses[Web] = FreeAddress();
        Launch(Web);
        await WaitUntilReadyAsync(Web);
        return _addresses[Web];
    }

    /// <summary>Sends SIGKILL to a process.</summary>
    public Task KillAsync(string name) => _running[name].KillAsync();

    /// <summary>Restarts a killed service at the same address, and waits until it is ready.</summary>
    public async Task RestartAsync(string name)
    {
        await _running[name].DisposeAsync();
        Launch(name);
        await WaitUntilReadyAsync(name);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running.Values)
            await process.DisposeAsync();
    }

    private void Launch(string name) =>
        _running[name] = DotnetProcess.Start(
            $"MovieLms.{name.Split('#')[0]}",
            new Dictionary<string, string?>(name == Web ? _webEnvironment : _environment)
            {
                ["ASPNETCORE_URLS"] = _addresses[name].ToString(),
            }
        );

    private async Task WaitUntilReadyAsync(string name)
    {
        using var client = new HttpClient { BaseAddress = _addresses[name] };
        var health = "no response";
        try
        {
            await Eventually.WaitUntilAsync(
                async () =>
                {
                    if (_running[name].HasExited)
                        throw new InvalidOperationException($"{name} exited");
                    try
                    {
                        using var response = await client.GetAsync("/health");
                        health = await response.Content.ReadAsStringAsync();
                        return response.StatusCode == HttpStatusCode.OK;
                    }
                    catch (HttpRequestException)
                    {
                        return false;
                    }
                },
                $"{name} is ready",
                60
            );
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.Message}\n{health}\n{_running[name].Output}", e);
        }
    }

    private static Uri FreeAddress() => new($"http://127.0.0.1:{FreePort.Find()}");
}
