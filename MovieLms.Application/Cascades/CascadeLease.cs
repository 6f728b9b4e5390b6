using System.Diagnostics;
using MovieLms.Data.Cascades;

namespace MovieLms.Application.Cascades;

/// <summary>The work on an operation stopped before its end, because somebody else has it now or is to go on with it.</summary>
internal sealed class CascadeStoppedException() : Exception("The operation is no longer this process' to carry out.");

/// <summary>One process' hold on an operation while it works on it, with the count of what was done.</summary>
internal sealed class CascadeLease(CascadeStore store, CascadeDocument operation, string holder, TimeSpan? longest)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Dictionary<string, long> _changed = operation.Steps.ToDictionary(step => step.Entity, step => step.Changed);

    internal CascadeDocument Operation => operation;

    /// <summary>True when the documents may have been reached before: by an earlier attempt, or because this is the last look.</summary>
    internal bool IsRepeat => operation.Attempts > 1 || operation.State == CascadeState.Settling;

    /// <summary>Counts what was just done, and renews the hold.</summary>
    /// <exception cref="CascadeStoppedException">There is none any more, or it lasted longer than it may.</exception>
    internal async Task CountAsync(string entity, int changed, CancellationToken cancellationToken)
    {
        _changed[entity] = _changed.GetValueOrDefault(entity) + changed;
        if (!await store.KeepAsync(operation.Id, holder, Steps(), cancellationToken))
        {
            await store.LetGoAsync(operation.Id, holder);
            throw new CascadeStoppedException();
        }
        if (longest is null || Stopwatch.GetElapsedTime(_began) < longest)
            return;
        await store.HandOverAsync(operation.Id, holder);
        throw new CascadeStoppedException();
    }

    /// <summary>Ends this turn: the first of an operation is followed by a last look, which is its end.</summary>
    internal Task EndAsync() =>
        operation.State == CascadeState.Running
            ? store.SettleAsync(operation.Id, holder, Steps())
            : store.DoneAsync(operation, holder, Steps());

    private CascadeStep[] Steps() => [.. _changed.Select(pair => new CascadeStep(pair.Key, pair.Value))];
}
