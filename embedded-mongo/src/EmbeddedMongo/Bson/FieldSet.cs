using System.Text;

namespace EmbeddedMongo.Bson;

/// <summary>
/// The fields that a filter, projection or pipeline reads. The decoder decodes only these,
/// so a query that reads few fields does not decode whole documents.
/// </summary>
internal sealed class FieldSet
{
    private readonly List<string> _names = [];

    // For each name, the fields that are read from its value (a document or an array of documents), or null for the whole value.
    private readonly List<FieldSet?> _nested = [];
    private byte[][] _utf8Names = [];

    // The bits of all names. Rejects most other names without comparing them.
    private ulong _bits;

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

    /// <summary>Adds a top-level field with its whole value. Only the part of a dotted path before the first dot counts.</summary>
    public void Add(string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        Add(dot < 0 ? path : path[..dot], null);
    }

    /// <summary>
    /// Adds a path of an expression. Of its top-level field, only the values at the path are needed, in the same documents and arrays.
    /// </summary>
    public void AddPath(ReadOnlySpan<string> parts)
    {
        FieldSet? nested = null;
        if (parts.Length > 1)
        {
            nested = new FieldSet();
            nested.AddPath(parts[1..]);
        }

        Add(parts[0], nested);
    }

    /// <summary>Adds the fields of another set.</summary>
    public void UnionWith(FieldSet other)
    {
        All |= other.All;
        for (var i = 0; i < other._names.Count; i++)
            Add(other._names[i], other._nested[i]);
    }

    public bool Contains(string name) => All || _names.Contains(name);

    internal bool Contains(ReadOnlySpan<byte> utf8Name) => All || IndexOf(utf8Name) >= 0;

    internal int IndexOf(string name) => _names.IndexOf(name);

    /// <summary>Returns the position of a name in <see cref="Names"/>, or -1.</summary>
    internal int IndexOf(ReadOnlySpan<byte> utf8Name)
    {
        if ((_bits & BitOf(utf8Name)) == 0)
            return -1;

        for (var i = 0; i < _utf8Names.Length; i++)
        {
            if (utf8Name.SequenceEqual(_utf8Names[i]))
                return i;
        }

        return -1;
    }

    /// <summary>Returns the fields that are read from the value of a name, or null for the whole value.</summary>
    internal FieldSet? NestedAt(int index) => _nested[index];

    /// <summary>Returns one of 64 bits, depending on the length and the first byte.</summary>
    private static ulong BitOf(ReadOnlySpan<byte> utf8Name) => 1UL << (utf8Name.IsEmpty ? 0 : utf8Name.Length + (utf8Name[0] * 5));

    private void Add(string name, FieldSet? nested)
    {
        var index = _names.IndexOf(name);
        if (index < 0)
        {
            var utf8Name = Encoding.UTF8.GetBytes(name);
            _names.Add(name);
            _utf8Names = [.. _utf8Names, utf8Name];
            _bits |= BitOf(utf8Name);
            _nested.Add(nested?.Copy());
        }
        else if (nested is null)
        {
            _nested[index] = null;
        }
        else
        {
            _nested[index]?.UnionWith(nested);
        }
    }

    internal FieldSet Copy()
    {
        var copy = new FieldSet();
        copy.UnionWith(this);
        return copy;
    }
}
