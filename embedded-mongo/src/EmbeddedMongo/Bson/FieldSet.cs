using System.Text;

namespace EmbeddedMongo.Bson;

/// <summary>
/// The top-level fields that a filter, projection or pipeline reads. The decoder materialises only these,
/// so that a query over few fields never pays for whole documents.
/// </summary>
internal sealed class FieldSet
{
    private readonly List<string> _names = [];
    private byte[][] _utf8Names = [];

    /// <summary>A set for the given fields or dotted paths.</summary>
    public FieldSet(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
            Add(path);
    }

    /// <summary>True when the whole document is needed; once set, <see cref="Contains(string)"/> is true for every name.</summary>
    public bool All { get; set; }

    /// <summary>The distinct top-level names that were added.</summary>
    public IReadOnlyList<string> Names => _names;

    internal int Count => _names.Count;

    /// <summary>Adds a field; of a dotted path only the part before the first dot counts.</summary>
    public void Add(string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var name = dot < 0 ? path : path[..dot];
        if (!_names.Contains(name))
        {
            _names.Add(name);
            _utf8Names = [.. _utf8Names, Encoding.UTF8.GetBytes(name)];
        }
    }

    /// <summary>Adds everything that another set needs.</summary>
    public void UnionWith(FieldSet other)
    {
        All |= other.All;
        foreach (var name in other._names)
            Add(name);
    }

    public bool Contains(string name) => All || _names.Contains(name);

    internal bool Contains(ReadOnlySpan<byte> utf8Name)
    {
        if (All)
            return true;

        foreach (var candidate in _utf8Names)
        {
            if (utf8Name.SequenceEqual(candidate))
                return true;
        }

        return false;
    }
}
