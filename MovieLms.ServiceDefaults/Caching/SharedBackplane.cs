using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.Backplane;
using ZiggyCreatures.Caching.Fusion.Backplane.StackExchangeRedis;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>The package's backplane on the host's Redis connection. Left alone, it disposes that connection when it unsubscribes.</summary>
internal sealed class SharedBackplane(RedisBackplane inner) : IFusionCacheBackplane
{
    public void Subscribe(BackplaneSubscriptionOptions options) => inner.Subscribe(options);

    public ValueTask SubscribeAsync(BackplaneSubscriptionOptions options) => inner.SubscribeAsync(options);

    public void Unsubscribe() { }

    public ValueTask UnsubscribeAsync() => ValueTask.CompletedTask;

    public void Publish(BackplaneMessage message, FusionCacheEntryOptions options, CancellationToken token = default) =>
        inner.Publish(message, options, token);

    public ValueTask PublishAsync(BackplaneMessage message, FusionCacheEntryOptions options, CancellationToken token = default) =>
        inner.PublishAsync(message, options, token);
}
