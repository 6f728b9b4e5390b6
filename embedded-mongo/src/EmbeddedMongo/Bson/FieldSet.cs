using System.Text;

namespace EmbeddedMongo.Bson;

/// <summary>
/// The top-level fields that a filter, projection or pipeline reads. The decoder decodes only these,
/// so a query that reads few fields does not decode whole documents.
/// </summary>
internal sealed class FieldSet
{
    private readonly List<string> _names = [];
    private byte[][] _utf8Names = [];

    /// <summary>Creates a set of the given fields or dotted paths.</summary>
    public FieldSet(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
            Add(path);
    }

    /// <summary>Whether the whole document is needed. If so, <see cref="Contains(string)"/> returns true for every name.</summary>
    public bool All { get; set; }

    /// <summary>Distinct top-level names that were added.</summary>
    public IReadOnlyList<string> Names => _names;

    internal int Count => _names.Count;

    /// <summary>Adds a field. Only the part of a dotted path before the first dot counts.</summary>
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

    /// <summary>Adds the fields of another set.</summary>
    public void UnionWith(FieldSet other)
    {
        All |= other.All;
        foreach (var name in other._names)
            Add(name);
    }

    public bool Contains(string name) => All || _names.Contains(name);

    internal bool Contains(ReadOnlySpan<byte> utf8Name) => All || IndexOf(utf8Name) >= 0;

    /// <summary>Returns the position of an added name in <see cref="Names"/>; -1 if there is none.</summary>
    internal int IndexOf(ReadOnlySpan<byte> utf8Name)
    {
        for (var i = 0; i < _utf8Names.Length; i++)
        {
            if (utf8Name.SequenceEqual(_utf8Names[i]))
                return i;
        }

        return -1;
    }
}
