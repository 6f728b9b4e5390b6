namespace EmbeddedMongo.Tests;

/// <summary>Tests that measure the whole process, such as its memory, and must not run in parallel with others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NonParallelCollection
{
    public const string Name = "non-parallel";
}
