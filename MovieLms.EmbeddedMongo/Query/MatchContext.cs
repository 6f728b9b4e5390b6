namespace MovieLms.EmbeddedMongo.Query;

/// <summary>What a filter may refer to beside the document.</summary>
internal sealed class MatchContext
{
    /// <summary>A filter without variables.</summary>
    public static MatchContext Default { get; } = new();
}
