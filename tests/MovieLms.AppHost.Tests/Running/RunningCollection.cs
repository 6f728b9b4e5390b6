namespace MovieLms.AppHost.Tests.Running;

/// <summary>The classes that start the whole application: one after the other, since each application is eight processes.</summary>
[CollectionDefinition(Name)]
public sealed class RunningCollection
{
    internal const string Name = "Running";
}
