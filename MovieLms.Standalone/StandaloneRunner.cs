using MovieLms.ApiService.Identity.Accounts;
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
        await using var backing = await EmbeddedBackingServices.StartAsync(options, kinds, folder, cancellationToken);
        await using var app = StandaloneHost.Build(builder, backing, folder);
        try
        {
            await app.StartAsync(cancellationToken);
            isStarted = true;
            StartupTable.Write(Console.Out, app, backing, folder);
            await ShowFirstAdminAsync(app, folder, cancellationToken);
            if (options.Sample)
                await SampleImport.RunAsync(app, Console.Out, cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
            await RequireFirstAdminAsync(app);
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

    /// <summary>
    /// Shows the first administrator if it was created within 10 s. It cannot be while the database is unavailable, and startup does not
    /// wait for that.
    /// </summary>
    /// <exception cref="FirstAdminException">The configured administrator was rejected.</exception>
    private static async Task ShowFirstAdminAsync(WebApplication app, DataFolder folder, CancellationToken cancellationToken)
    {
        var created = app.Services.GetRequiredService<FirstAdmin>().Created;
        if (await Task.WhenAny(created, Task.Delay(FirstAdminTimeout, cancellationToken)) == created && created.IsCompletedSuccessfully)
            await FirstAdminNotice.ShowAsync(await created, folder, Console.Out);
        await RequireFirstAdminAsync(app);
    }

    /// <exception cref="FirstAdminException">The configured administrator was rejected.</exception>
    private static async Task RequireFirstAdminAsync(WebApplication app)
    {
        var created = app.Services.GetRequiredService<FirstAdmin>().Created;
        if (created.Exception?.InnerException is FirstAdminException)
            await created;
    }

    private static async Task RunBackingOnlyAsync(
        StandaloneOptions options,
        BackingKinds kinds,
        DataFolder folder,
        CancellationToken cancellationToken
    )
    {
        await using var backing = await EmbeddedBackingServices.StartAsync(options, kinds, folder, cancellationToken);
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
