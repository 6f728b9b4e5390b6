using EmbeddedMongo.Expressions;

namespace EmbeddedMongo.Aggregation;

/// <summary>Everything a running pipeline needs from its command: other collections, variables, the clock, the deadline.</summary>
/// <param name="collections">Reads other collections of the same database.</param>
/// <param name="evaluation">Variables, time and randomness; the same object the pipeline was parsed with.</param>
/// <param name="checkInterrupted">Throws when the command's deadline has passed or its client is gone.</param>
internal sealed class ExecutionContext(ICollectionReader collections, EvaluationContext evaluation, Action? checkInterrupted = null)
{
    /// <summary>Documents a stage handles between two looks at the deadline.</summary>
    private const int CheckEvery = 128;

    private readonly Action? _checkInterrupted = evaluation.CheckInterrupted = checkInterrupted;
    private int _untilCheck = CheckEvery;

    public ICollectionReader Collections { get; } = collections;

    public EvaluationContext Evaluation { get; } = evaluation;

    public Random Random => Evaluation.Random;

    /// <summary>Bytes that one blocking stage may hold; MongoDB's limit is 100 MB.</summary>
    public long MemoryLimitBytes { get; init; } = MemoryBound.DefaultLimitBytes;

    /// <summary>Looks at the deadline now.</summary>
    public void CheckInterrupted() => _checkInterrupted?.Invoke();

    /// <summary>Called once a document by every loop; looks at the deadline every 128th time.</summary>
    public void Tick()
    {
        if (--_untilCheck <= 0)
        {
            _untilCheck = CheckEvery;
            _checkInterrupted?.Invoke();
        }
    }
}
