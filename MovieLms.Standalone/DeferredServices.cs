namespace MovieLms.Standalone;

/// <summary>
/// Starts the services' own hosted services once the host listens. Constructing and starting them takes longer than everything else at
/// startup. Requests that depend on a service wait for it or report that it is not ready.
/// </summary>
/// <remarks>They start in registration order and stop in reverse order. If one fails, the host stops.</remarks>
internal sealed class DeferredServices(
    IReadOnlyList<Func<IServiceProvider, IHostedService>> factories,
    IServiceProvider provider,
    IHostApplicationLifetime lifetime
) : BackgroundService
{
    private readonly List<IHostedService> _started = [];
    private readonly TaskCompletionSource _allStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when all services have started. Never completes if one of them fails.</summary>
    internal Task Started => _allStarted.Task;

    /// <summary>Replaces the hosted services registered so far by MovieLms' projects with one that starts them later.</summary>
    internal static void Defer(IServiceCollection services)
    {
        var deferred = services.Where(IsOwn).ToList();
        foreach (var descriptor in deferred)
            services.Remove(descriptor);
        var factories = deferred.ConvertAll(ToFactory);
        services.AddSingleton(provider => new DeferredServices(
            factories,
            provider,
            provider.GetRequiredService<IHostApplicationLifetime>()
        ));
        services.AddHostedService(provider => provider.GetRequiredService<DeferredServices>());

        Func<IServiceProvider, IHostedService> ToFactory(ServiceDescriptor descriptor)
        {
            if (descriptor.ImplementationFactory is { } factory)
                return provider => (IHostedService)factory(provider);
            var type = descriptor.ImplementationType!;
            // The container constructs and disposes it.
            services.AddSingleton(type);
            return provider => (IHostedService)provider.GetRequiredService(type);
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        List<Exception> failures = [];
        foreach (var service in Enumerable.Reverse(_started))
        {
            try
            {
                await service.StopAsync(cancellationToken);
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }
        if (failures.Count > 0)
            throw new AggregateException(failures);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WaitUntilListeningAsync(stoppingToken);
        foreach (var factory in factories)
        {
            stoppingToken.ThrowIfCancellationRequested();
            var service = factory(provider);
            _started.Add(service);
            await service.StartAsync(stoppingToken);
        }
        _allStarted.SetResult();
        // The host does not know these services, so this task has to fail with the first one that fails.
        var running = _started.OfType<BackgroundService>().Select(service => service.ExecuteTask).OfType<Task>().ToList();
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running).WaitAsync(stoppingToken);
            await ended;
            running.Remove(ended);
        }
    }

    private async Task WaitUntilListeningAsync(CancellationToken cancellationToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(cancellationToken);
    }

    private static bool IsOwn(ServiceDescriptor descriptor) =>
        descriptor.ServiceType == typeof(IHostedService)
        && GetImplementationType(descriptor) is { } type
        && type.Namespace?.StartsWith("MovieLms.", StringComparison.Ordinal) == true
        // A lifecycle service takes part in phases of the host that are over by then.
        && !type.IsAssignableTo(typeof(IHostedLifecycleService));

    /// <summary>
    /// Returns the implementation's type, for a factory the type that it is declared to return. A factory declared to return
    /// <see cref="IHostedService"/> is not deferred.
    /// </summary>
    private static Type? GetImplementationType(ServiceDescriptor descriptor) =>
        descriptor.ImplementationType ?? descriptor.ImplementationFactory?.GetType().GenericTypeArguments[1];
}
