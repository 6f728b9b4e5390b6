namespace MovieLms.AppHost.Tests.Running;

/// <summary>The test classes that start the whole application. They run one at a time, because each one starts eight processes.</summary>
[CollectionDefinition(Name)]
public sealed class RunningCollection
{
    internal const string Name = "Running";
}
