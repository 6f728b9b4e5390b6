namespace EmbeddedMongo.Aggregation.Projecting;

/// <summary>The paths of one specification: finds two of which one is the other or leads through it.</summary>
internal sealed class PathTree
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _prefixes = new(StringComparer.Ordinal);

    /// <summary>Adds a path; false when it collides with one before.</summary>
    /// <param name="path">The path.</param>
    /// <param name="through">Whether it leads through the other one (else it is that one, or the other leads through it).</param>
    public bool TryAdd(string[] path, out bool through)
    {
        through = false;
        var whole = string.Join('.', path);
        if (_prefixes.Contains(whole) || !_paths.Add(whole))
            return false;
        for (var i = 1; i < path.Length; i++)
        {
            var prefix = string.Join('.', path, 0, i);
            if (_paths.Contains(prefix))
            {
                through = true;
                return false;
            }
            _prefixes.Add(prefix);
        }
        return true;
    }
}
