namespace MovieLms.Worker.Tests;

/// <summary>Tests of state that is shared by the whole process, such as metrics. They run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NotParallelCollection
{
    public const string Name = "not parallel";
}
