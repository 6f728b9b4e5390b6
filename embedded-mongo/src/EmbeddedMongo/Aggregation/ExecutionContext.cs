using EmbeddedMongo.Aggregation.Spilling;
using EmbeddedMongo.Expressions;

namespace EmbeddedMongo.Aggregation;

/// <summary>What a running pipeline needs from its command: other collections, variables, the clock and the deadline.</summary>
/// <param name="collections">Reads other collections of the same database.</param>
/// <param name="evaluation">Variables, time and randomness. Must be the object that the pipeline was parsed with.</param>
/// <param name="checkInterrupted">Throws if the command's deadline has passed or its client has disconnected.</param>
internal sealed class ExecutionContext(ICollectionReader collections, EvaluationContext evaluation, Action? checkInterrupted = null)
{
    /// <summary>Documents that a stage handles between two checks of the deadline.</summary>
    private const int CheckInterval = 128;

    private readonly Action? _checkInterrupted = evaluation.CheckInterrupted = checkInterrupted;
    private int _untilCheck = CheckInterval;

    public ICollectionReader Collections { get; } = collections;

    public EvaluationContext Evaluation { get; } = evaluation;

    public Random Random => Evaluation.Random;

    /// <summary>Maximum number of bytes that one blocking stage may hold; MongoDB's limit is 100 MB.</summary>
    public long MemoryLimitBytes { get; init; } = MemoryBound.DefaultLimitBytes;

    /// <summary>Temporary files for stages that exceed the memory limit; null if they are not allowed.</summary>
    public SpillSpace? Spill { get; init; }

    /// <summary>Checks the deadline now.</summary>
    public void CheckInterrupted() => _checkInterrupted?.Invoke();

    /// <summary>Called by every loop once per document. Checks the deadline on every 128th call.</summary>
    public void Tick()
    {
        if (--_untilCheck <= 0)
        {
            _untilCheck = CheckInterval;
            _checkInterrupted?.Invoke();
        }
    }
}
