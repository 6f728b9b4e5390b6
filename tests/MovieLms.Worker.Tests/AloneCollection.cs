namespace MovieLms.Worker.Tests;

/// <summary>Tests of what a process has once (its instruments), and so run when no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
