namespace MovieLms.EndToEnd.Cluster;

/// <summary>The tests that share one <see cref="ClusterNetwork"/> and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<ClusterNetwork>
{
    internal const string Name = "two nodes of each service";
}
