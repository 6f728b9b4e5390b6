namespace EmbeddedMongo.Tests.Agreement;

/// <summary>Seeded random choices. The same seed produces the same cases on every machine.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    public int Below(int limit) => _random.Next(limit);

    public bool Chance(double probability) => _random.NextDouble() < probability;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    /// <summary>Returns a number between the two bounds, both inclusive.</summary>
    public int Between(int low, int high) => _random.Next(low, high + 1);
}
