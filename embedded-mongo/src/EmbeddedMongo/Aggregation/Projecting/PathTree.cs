namespace EmbeddedMongo.Aggregation.Projecting;

/// <summary>The paths of one specification. Detects paths that are equal, or of which one is a prefix of the other.</summary>
internal sealed class PathTree
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _prefixes = new(StringComparer.Ordinal);

    /// <summary>
    /// Adds a path. Returns false if it collides with an earlier path; <paramref name="extendsEarlier"/> is true if the earlier path is
    /// a prefix of it.
    /// </summary>
    public bool TryAdd(string[] path, out bool extendsEarlier)
    {
        extendsEarlier = false;
        var whole = string.Join('.', path);
        if (_prefixes.Contains(whole) || !_paths.Add(whole))
            return false;
        for (var i = 1; i < path.Length; i++)
        {
            var prefix = string.Join('.', path, 0, i);
            if (_paths.Contains(prefix))
            {
                extendsEarlier = true;
                return false;
            }
            _prefixes.Add(prefix);
        }
        return true;
    }
}
