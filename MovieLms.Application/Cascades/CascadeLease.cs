using System.Diagnostics;
using MovieLms.Data.Cascades;

namespace MovieLms.Application.Cascades;

/// <summary>The work on an operation stopped before its end, because another process has claimed or will continue it.</summary>
internal sealed class CascadeStoppedException() : Exception("Another process holds the operation.");

/// <summary>The lease under which a process works on an operation, with the counts of changed documents.</summary>
internal sealed class CascadeLease(CascadeStore store, CascadeDocument operation, string holder, TimeSpan? timeout)
{
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly Dictionary<string, long> _changed = operation.Steps.ToDictionary(step => step.Entity, step => step.Changed);

    internal CascadeDocument Operation => operation;

    /// <summary>True if the documents may have been changed before: by an earlier attempt, or because this is the second pass.</summary>
    internal bool IsRepeat => operation.Attempts > 1 || operation.State == CascadeState.Settling;

    /// <summary>Counts changed documents and renews the lease.</summary>
    /// <exception cref="CascadeStoppedException">The lease was lost, or the work took longer than the timeout.</exception>
    internal async Task CountAsync(string entity, int changed, CancellationToken cancellationToken)
    {
        _changed[entity] = _changed.GetValueOrDefault(entity) + changed;
        if (!await store.RenewAsync(operation.Id, holder, Steps(), cancellationToken))
        {
            await store.AbandonAsync(operation.Id, holder);
            throw new CascadeStoppedException();
        }
        if (timeout is null || Stopwatch.GetElapsedTime(_startedAt) < timeout)
            return;
        await store.ReleaseAsync(operation.Id, holder);
        throw new CascadeStoppedException();
    }

    /// <summary>Ends a pass. A second pass follows the first; then the operation is complete.</summary>
    internal Task EndAsync() =>
        operation.State == CascadeState.Running
            ? store.BeginSecondPassAsync(operation.Id, holder, Steps())
            : store.CompleteAsync(operation, holder, Steps());

    private CascadeStep[] Steps() => [.. _changed.Select(pair => new CascadeStep(pair.Key, pair.Value))];
}
