using System.Net;
using System.Security.Cryptography;
using MovieLms.EndToEnd.Containers;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Deploy;

/// <summary>A run of deploy/compose.yaml with locally built images, removed with its volumes at the end.</summary>
public sealed class ComposeProject : IAsyncLifetime
{
    private const string Name = "movielms-compose-test";
    private const string Subnet = "172.30.55.0/24";
    private const string Compose = "deploy/compose.yaml";
    private const string PodmanCompose = "tests/MovieLms.EndToEnd/Deploy/compose.podman.yaml";
    private readonly int _port = FreePort.Find();
    private readonly Dictionary<string, string> _settings;

    public ComposeProject() =>
        _settings = new Dictionary<string, string>
        {
            ["MONGO_PASSWORD"] = "mongoSecret",
            ["MONGO_ROOT_PASSWORD"] = "rootSecret",
            ["REDIS_PASSWORD"] = "redisSecret",
            ["SMTP"] = "smtp://mail:1025?tls=none",
            ["services__mail__http__0"] = "http://mail:1080",
            ["PUBLIC_URL"] = $"http://127.0.0.1:{_port}",
            ["WEB_PORT"] = $"{_port}",
            ["ADMIN_EMAIL"] = TestUsers.AdminEmail,
            ["ADMIN_PASSWORD"] = TestUsers.AdminPassword,
            ["TOKEN_KEY"] = NewTokenKey(),
            ["IMAGES"] = ContainerEngine.Images,
            ["SUBNET"] = Subnet,
            ["NETWORK"] = Name,
        };

    /// <summary>The address of the gateway, which is the only published port.</summary>
    internal Uri Gateway => new($"http://127.0.0.1:{_port}");

    public async ValueTask InitializeAsync()
    {
        if (!ContainerEngine.IsEnabled)
            return;
        await RemoveAsync();
        if (!ContainerEngine.IsDocker)
            await ContainerEngine.RunAsync("network", "create", "--subnet", Subnet, Name);
        await RunAsync("up", "-d");
        await WaitUntilHealthyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (ContainerEngine.IsEnabled)
            await RemoveAsync();
    }

    /// <summary>Restarts one service and waits until the gateway reports that everything is available.</summary>
    internal async Task RestartAsync(string service)
    {
        await RunAsync("restart", service);
        await WaitUntilHealthyAsync();
    }

    /// <summary>Returns the status and exit code of a service that exits by itself.</summary>
    internal static async Task<string> GetExitStatusAsync(string service) =>
        await ContainerEngine.RunAsync("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", Container(service));

    /// <summary>Returns the published ports of a service, one per line.</summary>
    internal static Task<string> GetPortsAsync(string service) => ContainerEngine.RunAsync("port", Container(service));

    private static string Container(string service) => ContainerEngine.IsDocker ? $"{Name}-{service}-1" : $"{Name}_{service}_1";

    private static string NewTokenKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings(" ");
    }

    private async Task WaitUntilHealthyAsync()
    {
        using var client = new HttpClient { BaseAddress = Gateway, Timeout = TimeSpan.FromSeconds(10) };
        var last = "";
        try
        {
            await Eventually.WaitUntilAsync(
                async () =>
                {
                    try
                    {
                        using var response = await client.GetAsync("/health?strict");
                        last = await response.Content.ReadAsStringAsync();
                        return response.StatusCode == HttpStatusCode.OK;
                    }
                    catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
                    {
                        last = e.Message;
                        return false;
                    }
                },
                "the gateway reports that everything is available",
                180
            );
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} Last response: {last}", e);
        }
    }

    private async Task RemoveAsync()
    {
        try
        {
            await RunAsync("down", "-v");
        }
        catch (InvalidOperationException e)
        {
            // podman-compose fails when there is nothing to remove.
            TestContext.Current.TestOutputHelper?.WriteLine(e.Message);
        }
        if (!ContainerEngine.IsDocker)
            await ContainerEngine.TryRunAsync("network", "rm", "-f", Name);
    }

    private Task<string> RunAsync(params string[] arguments) =>
        ContainerEngine.IsDocker
            ? ContainerEngine.ExecuteAsync("docker", ["compose", "-p", Name, "--profile", "trial", "-f", Compose, .. arguments], _settings)
            : ContainerEngine.ExecuteAsync("podman-compose", ["-p", Name, "-f", Compose, "-f", PodmanCompose, .. arguments], _settings);
}
