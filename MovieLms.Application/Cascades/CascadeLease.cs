using System.Diagnostics;
using MovieLms.Data.Cascades;

namespace MovieLms.Application.Cascades;

/// <summary>Thrown when work on an operation stops early because another process has claimed it or will continue it.</summary>
internal sealed class CascadeStoppedException() : Exception("Another process holds or will continue the operation.");

/// <summary>The lease under which a process works on an operation. It counts the changed documents.</summary>
internal sealed class CascadeLease(CascadeStore store, CascadeDocument operation, string holder, TimeSpan? timeout)
{
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly Dictionary<string, long> _changed = operation.Steps.ToDictionary(step => step.Entity, step => step.Changed);

    internal CascadeDocument Operation => operation;

    /// <summary>True if documents may already have been changed, by an earlier attempt or by the first pass.</summary>
    internal bool IsRepeat => operation.Attempts > 1 || operation.State == CascadeState.Settling;

    /// <summary>Adds to the count of changed documents and renews the lease.</summary>
    /// <exception cref="CascadeStoppedException">The lease was lost, or the work took longer than the timeout.</exception>
    internal async Task CountAsync(string entity, int changed, CancellationToken cancellationToken)
    {
        _changed[entity] = _changed.GetValueOrDefault(entity) + changed;
        if (!await store.RenewAsync(operation.Id, holder, GetSteps(), cancellationToken))
        {
            await store.AbandonAsync(operation.Id, holder);
            throw new CascadeStoppedException();
        }
        if (timeout is null || Stopwatch.GetElapsedTime(_startedAt) < timeout)
            return;
        await store.ReleaseAsync(operation.Id, holder);
        throw new CascadeStoppedException();
    }

    /// <summary>Ends a pass. The first pass is followed by a second one, which completes the operation.</summary>
    internal Task EndAsync() =>
        operation.State == CascadeState.Running
            ? store.BeginSecondPassAsync(operation.Id, holder, GetSteps())
            : store.CompleteAsync(operation, holder, GetSteps());

    private CascadeStep[] GetSteps() => [.. _changed.Select(pair => new CascadeStep(pair.Key, pair.Value))];
}
