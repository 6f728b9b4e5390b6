using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Telemetry;

namespace MovieLms.AppHost.Tests.Running;

/// <summary>The whole application, started by Aspire's orchestrator on free ports. It sends its telemetry to the test.</summary>
public abstract class RunningApp(string backing) : IAsyncLifetime
{
    internal const string AdminEmail = "admin@example.test";
    internal const string Password = "curtain-falls-slowly-42";
    internal const string MongoPassword = "mongoSecretOf30LettersAndDigits";
    internal const string RedisPassword = "redisSecretOf30LettersAndDigits";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(4);
    private readonly TemporaryFolder _data = new();
    private readonly List<int> _processes = [];
    private OtlpReceiver? _telemetry;
    private IDistributedApplicationTestingBuilder? _builder;
    private DistributedApplication? _app;

    /// <summary>The resources that must become healthy.</summary>
    internal static string[] Resources { get; } = ["mongo", "mongodb", "redis", "mail", "apiservice", "worker", "realtime", "web"];

    internal DistributedApplication App => _app!;

    internal OtlpReceiver Telemetry => _telemetry!;

    internal string DataDirectory => _data.Path;

    /// <summary>The address of the gateway.</summary>
    internal Uri Address => App.GetEndpoint("web", "http");

    public async ValueTask InitializeAsync()
    {
        _telemetry = await OtlpReceiver.StartAsync();
        using var timeout = new CancellationTokenSource(StartTimeout);
        // The application uses the services of its builder, so both are disposed together.
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.MovieLms_AppHost>(
            [
                $"--Run:Backing={backing}",
                "--Run:Ephemeral=true",
                $"--Run:DataDirectory={_data.Path}",
                $"--Parameters:admin-email={AdminEmail}",
                $"--Parameters:admin-password={Password}",
                $"--Parameters:mongo-password={MongoPassword}",
                $"--Parameters:redis-password={RedisPassword}",
                $"--Parameters:token-key={TokenKey.Generate()}",
                $"--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL={_telemetry.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"]}",
            ],
            timeout.Token
        );
        // The launch profile's gRPC endpoint would take precedence over the test's HTTP endpoint.
        _builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = null;
        _app = await _builder.BuildAsync(timeout.Token);
        await _app.StartAsync(timeout.Token);
        foreach (var name in Resources)
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(name, timeout.Token);
        foreach (var name in Resources)
            _processes.AddRange(ProcessIds(name));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            await Eventually.WaitUntilAsync(
                () => Task.FromResult(!_processes.Any(IsRunning)),
                "every process of the application has ended",
                30
            );
        }
        if (_builder is not null)
            await _builder.DisposeAsync();
        if (_telemetry is not null)
            await _telemetry.DisposeAsync();
        _data.Dispose();
    }

    internal HttpClient CreateClient() => new() { BaseAddress = Address };

    internal async Task<HttpClient> SignInAsync(string email, string password) => await ApiClient.SignInAsync(Address, email, password);

    /// <summary>Runs a dashboard command of a resource.</summary>
    internal Task<ExecuteCommandResult> ExecuteAsync(string resource, string command, params (string Name, string Value)[] arguments)
    {
        var inputs = arguments
            .Select(argument => new InteractionInput
            {
                Name = argument.Name,
                InputType = InputType.Text,
                Value = argument.Value,
            })
            .ToArray();
        var model = App.Services.GetRequiredService<DistributedApplicationModel>();
        return App.ResourceCommands.ExecuteCommandAsync(
            model.Resources.Single(candidate => candidate.Name == resource),
            command,
            new InteractionInputCollection(inputs)
        );
    }

    /// <summary>Returns the subjects of the mail caught for an address.</summary>
    internal async Task<string[]> ReadSubjectsAsync(string recipient)
    {
        using var client = CreateClient();
        var mail = await client.GetFromJsonAsync<JsonElement>(MailPath);
        return
        [
            .. mail.EnumerateArray()
                .Where(message => message.GetProperty("to").ToString().Contains(recipient, StringComparison.Ordinal))
                .Select(message => message.GetProperty("subject").GetString()!),
        ];
    }

    /// <summary>The path of the JSON list of caught mail, which differs between the embedded catcher and MailDev.</summary>
    protected abstract string MailPath { get; }

    private IEnumerable<int> ProcessIds(string name) =>
        App.ResourceNotifications.TryGetCurrentState(name, out var state)
            ? state
                .Snapshot.Properties.Where(property => property.Name == "executable.pid" && property.Value is int)
                .Select(property => (int)property.Value!)
            : [];

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

/// <summary>The application on embedded backing services, shared by the tests of a class.</summary>
public sealed class EmbeddedApp() : RunningApp("embedded")
{
    protected override string MailPath => "/mail.json";
}
