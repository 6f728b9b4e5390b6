using MovieLms.ApiService.Identity.Accounts;
using MovieLms.Standalone.Mail;
using MovieLms.Standalone.Sample;

namespace MovieLms.Standalone;

/// <summary>Starts what the options ask for, says what runs where, and stops it in order.</summary>
internal static class StandaloneRunner
{
    private static readonly TimeSpan FirstAdminWait = TimeSpan.FromSeconds(10);

    /// <summary>Runs until Ctrl+C, SIGTERM or cancellation, also when one of them comes during the start.</summary>
    internal static async Task RunAsync(StandaloneOptions options, string[] configurationWords, CancellationToken cancellationToken)
    {
        FileModes.CloseNewFiles();
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
                await RunAllAsync(options, configurationWords, folder, signals.Token);
            }
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            await Console.Out.WriteLineAsync("  Stopped before the start was complete.");
        }
    }

    private static async Task RunAllAsync(
        StandaloneOptions options,
        string[] configurationWords,
        DataFolder folder,
        CancellationToken cancellationToken
    )
    {
        var builder = StandaloneHost.CreateBuilder(configurationWords);
        // The host would log a stop during the start as failures of itself and its services, with stack traces.
        var isStarted = false;
        builder.Logging.AddFilter(
            "Microsoft.Extensions.Hosting.Internal.Host",
            level => level >= LogLevel.Information && (isStarted || !cancellationToken.IsCancellationRequested)
        );
        builder.Services.AddSingleton<IHostLifetime, CallerLifetime>();
        // The command says the same sentence at its end.
        builder.Logging.AddFilter(typeof(FirstAdmin).FullName, level => level < LogLevel.Critical);
        ListenAddress.RequireFree(StandaloneHost.Urls(builder));
        var kinds = StandaloneHost.KindsNeeded(builder, options);
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
            // The services that did start stop in order before the databases do.
            await app.StopAsync(CancellationToken.None);
            throw;
        }
        catch (FirstAdminException e)
        {
            await app.StopAsync(CancellationToken.None);
            throw new StandaloneException(e.Message, e);
        }
    }

    /// <summary>With a database that is still away there is nothing to show yet, and the start does not wait for it.</summary>
    /// <exception cref="FirstAdminException">The configured administrator was refused.</exception>
    private static async Task ShowFirstAdminAsync(WebApplication app, DataFolder folder, CancellationToken cancellationToken)
    {
        var made = app.Services.GetRequiredService<FirstAdmin>().Made;
        if (await Task.WhenAny(made, Task.Delay(FirstAdminWait, cancellationToken)) == made && made.IsCompletedSuccessfully)
            await FirstAdminNotice.ShowAsync(await made, folder, Console.Out);
        await RequireFirstAdminAsync(app);
    }

    /// <exception cref="FirstAdminException">The configured administrator was refused.</exception>
    private static async Task RequireFirstAdminAsync(WebApplication app)
    {
        var made = app.Services.GetRequiredService<FirstAdmin>().Made;
        if (made.Exception?.InnerException is FirstAdminException)
            await made;
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

    /// <summary>Leaves signals to <see cref="StopSignals"/>. The default lifetime would cancel the start on its own.</summary>
    private sealed class CallerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
