using System.Net;

namespace MovieLms.Testing.Processes;

/// <summary>
/// The three services as processes of their own over <see cref="BackingServices"/>, with the environment that Aspire (and
/// <c>scripts/run-services.sh</c>) gives them. A service can be killed and started again at the same address.
/// </summary>
public sealed class ServiceProcesses : IAsyncDisposable
{
    /// <summary>The gateway's name here.</summary>
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

    /// <summary>Where ApiService listens.</summary>
    public Uri Api => _addresses["ApiService"];

    /// <summary>Where Worker listens.</summary>
    public Uri Worker => _addresses["Worker"];

    /// <summary>Where Realtime listens.</summary>
    public Uri Realtime => _addresses["Realtime"];

    /// <summary>Starts all three and waits until they are ready, unless the test brings their backing services later.</summary>
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
            ["ConnectionStrings__mongodb"] = backing.Mongo(database),
            ["ConnectionStrings__redis"] = backing.Redis,
            ["Redis__Prefix"] = database + ":",
            ["Auth__BcryptCost"] = "4",
            // Other test projects run at the same time and would leave a process of a lower priority no processor time for minutes.
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

    /// <summary>The running process of a service, by its project's last name ("Worker").</summary>
    public DotnetProcess this[string name] => _running[name];

    /// <summary>Where a process listens.</summary>
    public Uri AddressOf(string name) => _addresses[name];

    /// <summary>Starts one more process of a service, at an address of its own, and waits until it is ready.</summary>
    /// <param name="name">The service.</param>
    /// <returns>The name it has here.</returns>
    public async Task<string> StartAnotherAsync(string name)
    {
        var another = $"{name}#{_addresses.Count}";
        _addresses[another] = FreeAddress();
        Launch(another);
        await WaitUntilReadyAsync(another);
        return another;
    }

    /// <summary>Starts the gateway in front of every service process started so far, and waits until it is ready.</summary>
    /// <param name="settings">Settings of the gateway alone; it gets none of the services', above all no connection string.</param>
    /// <returns>Its address.</returns>
    public async Task<Uri> StartWebAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        _webEnvironment = new Dictionary<string, string?> { ["DOTNET_ENVIRONMENT"] = "Development" };
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

    /// <summary>SIGKILL.</summary>
    public Task KillAsync(string name) => _running[name].KillAsync();

    /// <summary>Starts a killed service again, at its address, and waits until it is ready.</summary>
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
            await Eventually.TrueAsync(
                async () =>
                {
                    if (_running[name].HasExited)
                        throw new InvalidOperationException($"{name} ended");
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

    private static Uri FreeAddress() => new($"http://127.0.0.1:{FreePort.Take()}");
}
