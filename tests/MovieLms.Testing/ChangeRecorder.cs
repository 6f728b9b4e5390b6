using System.Collections.Concurrent;
using MovieLms.Data.Changes;

namespace MovieLms.Testing;

/// <summary>Records every published change.</summary>
public sealed class ChangeRecorder : IChangeSink
{
    private readonly ConcurrentQueue<Change> _published = new();

    /// <summary>The published changes, in order.</summary>
    public IReadOnlyList<Change> Published => [.. _published];

    public Task PublishAsync(Change change)
    {
        _published.Enqueue(change);
        return Task.CompletedTask;
    }
}
