using MongoDB.Driver.Core.Configuration;
using MongoDB.Driver.Core.Events;

namespace MovieLms.ServiceDefaults.Mongo;

/// <summary>
/// Counts lost connections to the database, failovers and restarts. After any of them the database may lack writes that were not
/// yet durable, so cached data must be read again.
/// </summary>
public sealed class MongoConnectionChanges
{
    private long _count;

    /// <summary>The number of changes so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Subscribes to the events of a client under construction.</summary>
    internal void Subscribe(ClusterBuilder cluster)
    {
        cluster.Subscribe<ConnectionPoolClearedEvent>(_ => Interlocked.Increment(ref _count));
        cluster.Subscribe<ServerDescriptionChangedEvent>(changed =>
        {
            var (before, after) = (changed.OldDescription, changed.NewDescription);
            if (before.Type != after.Type || before.State != after.State || before.ElectionId != after.ElectionId)
                Interlocked.Increment(ref _count);
        });
    }
}
