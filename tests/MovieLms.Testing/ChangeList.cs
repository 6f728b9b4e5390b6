using System.Collections.Concurrent;
using MovieLms.Data.Changes;

namespace MovieLms.Testing;

/// <summary>Keeps every published change.</summary>
public sealed class ChangeList : IChangeSink
{
    private readonly ConcurrentQueue<Change> _published = new();

    /// <summary>In the order of their publication.</summary>
    public IReadOnlyList<Change> Published => [.. _published];

    /// <inheritdoc/>
    public Task PublishAsync(Change change)
    {
        _published.Enqueue(change);
        return Task.CompletedTask;
    }
}
