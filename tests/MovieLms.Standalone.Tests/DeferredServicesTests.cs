using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MovieLms.Standalone.Tests;

public sealed class DeferredServicesTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private readonly Journal _journal = new();

    [Fact]
    public async Task Services_start_in_order_after_the_host_and_stop_in_reverse()
    {
        using var host = CreateHost(services => services.AddHostedService<Probe>().AddHostedService<First>().AddHostedService<Second>());
        await host.StartAsync();
        await _journal.WaitForAsync("second started");
        await host.StopAsync();
        Assert.Equal(["host has started: True", "first started", "second started", "second stopped", "first stopped"], _journal.Entries);
    }

    [Fact]
    public async Task A_service_that_cannot_be_started_stops_the_host()
    {
        using var host = CreateHost(services => services.AddHostedService<First>().AddHostedService<Unstartable>());
        await host.StartAsync();
        await host.WaitForShutdownAsync().WaitAsync(Timeout);
        Assert.Contains("first stopped", _journal.Entries);
    }

    [Fact]
    public async Task A_background_service_that_fails_later_stops_the_host()
    {
        using var host = CreateHost(services => services.AddHostedService<First>().AddHostedService<FailingLater>());
        await host.StartAsync();
        await host.WaitForShutdownAsync().WaitAsync(Timeout);
        Assert.Contains("first stopped", _journal.Entries);
    }

    private IHost CreateHost(Action<IServiceCollection> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(_journal);
        add(builder.Services);
        DeferredServices.Defer(builder.Services);
        return builder.Build();
    }

    internal sealed class Journal
    {
        private readonly List<string> _entries = [];

        internal IReadOnlyList<string> Entries
        {
            get
            {
                lock (_entries)
                    return [.. _entries];
            }
        }

        internal void Add(string entry)
        {
            lock (_entries)
                _entries.Add(entry);
        }

        internal async Task WaitForAsync(string entry)
        {
            using var timeout = new CancellationTokenSource(Timeout);
            while (!Entries.Contains(entry))
                await Task.Delay(10, timeout.Token);
        }
    }

    internal class Recorder(string name, Journal journal) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            journal.Add($"{name} started");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            journal.Add($"{name} stopped");
            return Task.CompletedTask;
        }
    }

    internal sealed class First(Journal journal) : Recorder("first", journal);

    internal sealed class Second(Journal journal) : Recorder("second", journal);

    /// <summary>Records whether the host has started before the deferred services do.</summary>
    internal sealed class Probe(Journal journal, IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            journal.Add($"host has started: {lifetime.ApplicationStarted.IsCancellationRequested}");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    internal sealed class Unstartable : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("Cannot be started.");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    internal sealed class FailingLater : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("Failed later.");
        }
    }
}
