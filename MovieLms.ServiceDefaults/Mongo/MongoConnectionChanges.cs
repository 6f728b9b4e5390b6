using MongoDB.Driver.Core.Configuration;
using MongoDB.Driver.Core.Events;

namespace MovieLms.ServiceDefaults.Mongo;

/// <summary>
/// Counts losses of connections to the database, failovers and restarts. After one of them, the database may lack writes that
/// were not yet durable, so what a process remembers of it must be read again.
/// </summary>
public sealed class MongoConnectionChanges
{
    private long _count;

    /// <summary>Grows with every change.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Counts the changes of a client that is being built.</summary>
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
