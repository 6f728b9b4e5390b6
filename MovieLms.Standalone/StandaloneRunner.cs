using MovieLms.ApiService.Identity.Accounts;
using MovieLms.ApiService.Maintenance;
using MovieLms.Application.Maintenance;
using MovieLms.Standalone.Mail;
using MovieLms.Standalone.Sample;

namespace MovieLms.Standalone;

/// <summary>Starts the services for the given options, prints their addresses, and stops them in order.</summary>
internal static class StandaloneRunner
{
    private static readonly TimeSpan FirstAdminTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Runs until Ctrl+C, SIGTERM or cancellation, even if it occurs during startup.</summary>
    internal static async Task RunAsync(StandaloneOptions options, string[] configurationArguments, CancellationToken cancellationToken)
    {
        FileModes.RestrictNewFiles();
        using var signals = new StopSignals(cancellationToken);
        try
        {
            if (options.BackingOnly is { } only)
            {
                using var folder = await DataFolder.OpenWhenReleasedAsync(options, signals.Token);
                await RunBackingOnlyAsync(options, only, folder, signals.Token);
            }
            else if (options.ResetPasswordOf is { } email)
            {
                using var folder = DataFolder.Open(options);
                await ResetPasswordAsync(options, email, configurationArguments, folder, signals.Token);
            }
            else
            {
                using var folder = DataFolder.Open(options);
                await RunAllAsync(options, configurationArguments, folder, signals.Token);
            }
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            await Console.Out.WriteLineAsync("  Stopped during startup.");
        }
    }

    private static async Task RunAllAsync(
        StandaloneOptions options,
        string[] configurationArguments,
        DataFolder folder,
        CancellationToken cancellationToken
    )
    {
        var builder = StandaloneHost.CreateBuilder(configurationArguments);
        // Without the filter, the host would log a stop during startup as errors with stack traces.
        var isStarted = false;
        builder.Logging.AddFilter(
            "Microsoft.Extensions.Hosting.Internal.Host",
            level => level >= LogLevel.Information && (isStarted || !cancellationToken.IsCancellationRequested)
        );
        builder.Services.AddSingleton<IHostLifetime, CallerLifetime>();
        // The command prints the same error when it exits.
        builder.Logging.AddFilter(typeof(FirstAdmin).FullName, level => level < LogLevel.Critical);
        ListenAddress.RequireFree(StandaloneHost.GetUrls(builder));
        var kinds = StandaloneHost.GetRequiredKinds(builder, options);
        options = options with { Memory = MemoryOptions.Read(builder.Configuration) };
        await using var backing = await EmbeddedBackingServices.StartAsync(options, kinds, folder, cancellationToken);
        ExposureWarning.Write(Console.Error, folder);
        await using var app = StandaloneHost.Build(builder, backing, folder);
        try
        {
            await app.StartAsync(cancellationToken);
            isStarted = true;
            await WaitForServicesAsync(app, cancellationToken);
            StartupTable.Write(Console.Out, app, backing, folder);
            await ShowFirstAdminAsync(app, folder);
            if (options.Sample)
                await SampleImport.RunAsync(app, Console.Out, cancellationToken);
            var shutdown = app.WaitForShutdownAsync(cancellationToken);
            if (await Task.WhenAny(app.Services.GetRequiredService<FirstAdmin>().LinkUsed, shutdown) != shutdown)
                FirstAdminNotice.DeleteFile(folder);
            await shutdown;
            await RequireFirstAdminAsync(app);
            await RequireServicesAsync(app);
        }
        catch (OperationCanceledException)
        {
            // Stop the services that have started before the databases are disposed.
            await app.StopAsync(CancellationToken.None);
            throw;
        }
        catch (FirstAdminException e)
        {
            await app.StopAsync(CancellationToken.None);
            throw new StandaloneException(e.Message, e);
        }
    }

    /// <summary>Shows the link that creates the first administrator, if there is none.</summary>
    /// <exception cref="FirstAdminException">The configured administrator was rejected.</exception>
    private static async Task ShowFirstAdminAsync(WebApplication app, DataFolder folder)
    {
        var ready = app.Services.GetRequiredService<FirstAdmin>().Ready;
        if (ready.IsCompletedSuccessfully)
        {
            var address = app.Configuration["PublicUrl"] ?? ListenAddress.GetReachableUrl(app.Urls.First());
            await FirstAdminNotice.ShowAsync(await ready, address, folder, Console.Out);
        }
        await RequireFirstAdminAsync(app);
    }

    /// <exception cref="FirstAdminException">The configured administrator was rejected.</exception>
    private static async Task RequireFirstAdminAsync(WebApplication app)
    {
        var ready = app.Services.GetRequiredService<FirstAdmin>().Ready;
        if (ready.Exception?.InnerException is FirstAdminException)
            await ready;
    }

    /// <summary>
    /// Waits until the services have started and the first administrator can sign in or has a link, so that the addresses are shown when
    /// they can be used. Neither is possible while the database is unavailable, and the wait ends after 10 s.
    /// </summary>
    /// <exception cref="StandaloneException">A service could not be started.</exception>
    private static async Task WaitForServicesAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var services = app.Services.GetRequiredService<DeferredServices>();
        await Task.WhenAny(services.Started, services.ExecuteTask!).WaitAsync(cancellationToken);
        await RequireServicesAsync(app);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Lifetime.ApplicationStopping);
        await Task.WhenAny(app.Services.GetRequiredService<FirstAdmin>().Ready, Task.Delay(FirstAdminTimeout, ended.Token));
    }

    /// <summary>Reports the failure of a service, which stops the host, so that the program ends with an error.</summary>
    /// <exception cref="StandaloneException">A service has failed.</exception>
    private static async Task RequireServicesAsync(WebApplication app)
    {
        var services = app.Services.GetRequiredService<DeferredServices>();
        if (services.ExecuteTask is not { IsFaulted: true, Exception.InnerException: { } failure } || failure is FirstAdminException)
            return;
        await app.StopAsync(CancellationToken.None);
        throw new StandaloneException($"A service has failed: {failure.Message}", failure);
    }

    /// <summary>Sets a new random password for a user and prints it.</summary>
    private static async Task ResetPasswordAsync(
        StandaloneOptions options,
        string email,
        string[] configurationArguments,
        DataFolder folder,
        CancellationToken cancellationToken
    )
    {
        var builder = StandaloneHost.CreateBuilder(configurationArguments);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        var kinds = StandaloneHost.GetRequiredKinds(builder, options);
        options = options with { Memory = MemoryOptions.Read(builder.Configuration) };
        await using var backing = await EmbeddedBackingServices.StartAsync(options, kinds, folder, cancellationToken);
        await using var app = StandaloneHost.Build(builder, backing, folder);
        var command = ApiMaintenance.Commands.Single(command => command.Option == StandaloneCommand.ResetPasswordName);
        try
        {
            await Console.Out.WriteLineAsync(await command.RunAsync(app.Services, email, cancellationToken));
        }
        catch (MaintenanceException e)
        {
            throw new StandaloneException(e.Message, e);
        }
    }

    private static async Task RunBackingOnlyAsync(
        StandaloneOptions options,
        BackingKinds kinds,
        DataFolder folder,
        CancellationToken cancellationToken
    )
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        options = options with { Memory = MemoryOptions.Read(environment) };
        await using var backing = await EmbeddedBackingServices.StartAsync(options, kinds, folder, cancellationToken);
        ExposureWarning.Write(Console.Error, folder);
        var port = options.MailPort;
        await using var site = backing.Mail is { } mail ? await MailSite.StartAsync(port, mail.Folder, cancellationToken) : null;
        StartupTable.WriteBacking(Console.Out, backing, site?.Address, folder);
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Leaves signals to <see cref="StopSignals"/>. The default lifetime would cancel the startup itself.</summary>
    private sealed class CallerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
