namespace EmbeddedMongo.Tests;

/// <summary>Tests that measure the process as a whole (its memory), and so run when no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
