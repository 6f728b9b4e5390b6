using System.Runtime.InteropServices;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.Standalone.Sample;

namespace MovieLms.Standalone;

/// <summary>Starts what the options ask for, says what runs where, and stops it in order.</summary>
internal static class StandaloneRunner
{
    private static readonly TimeSpan FirstAdminWait = TimeSpan.FromSeconds(10);

    internal static async Task RunAsync(StandaloneOptions options, string[] configurationWords, CancellationToken cancellationToken)
    {
        using var folder = DataFolder.Open(options);
        if (options.BackingOnly is { } only)
        {
            await RunBackingOnlyAsync(options, only, folder, cancellationToken);
            return;
        }

        var builder = StandaloneHost.CreateBuilder(configurationWords);
        ListenAddress.RequireFree(StandaloneHost.Urls(builder));
        await using var backing = await EmbeddedBackingServices.StartAsync(options, StandaloneHost.KindsNeeded(builder, options), folder, cancellationToken);
        await using var app = StandaloneHost.Build(builder, backing, folder);
        await app.StartAsync(cancellationToken);
        StartupTable.Write(Console.Out, app, backing, folder);
        await ShowFirstAdminAsync(app, folder, cancellationToken);
        if (options.Sample) await SampleImport.RunAsync(app, Console.Out, cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }

    /// <summary>With a database that is still away there is nothing to show yet, and the start does not wait for it.</summary>
    private static async Task ShowFirstAdminAsync(WebApplication app, DataFolder folder, CancellationToken cancellationToken)
    {
        var made = app.Services.GetRequiredService<FirstAdmin>().Made;
        if (await Task.WhenAny(made, Task.Delay(FirstAdminWait, cancellationToken)) == made && made.IsCompletedSuccessfully)
            await FirstAdminNotice.ShowAsync(await made, folder, Console.Out);
    }

    private static async Task RunBackingOnlyAsync(StandaloneOptions options, BackingKinds kinds, DataFolder folder, CancellationToken cancellationToken)
    {
        // Before anything says that it runs: whoever reads that may stop it at once.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await using var backing = await EmbeddedBackingServices.StartAsync(options, kinds, folder, cancellationToken);
        StartupTable.WriteBacking(Console.Out, backing, folder);
        await Task.Delay(Timeout.Infinite, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Cancelling the signal keeps the process alive for as long as an orderly stop takes.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }
    }
}
