using MongoDB.Bson;

namespace EmbeddedMongo.Values;

/// <summary>
/// A dotted path, split once. Supports two of MongoDB's path traversals: matching (<see cref="Any{TVisitor}"/>) and plain fields
/// (<see cref="GetField"/>).
/// </summary>
internal sealed class BsonPath
{
    private readonly string[] _parts;
    private readonly int[] _offsets;

    public BsonPath(string path)
    {
        Path = path;
        _parts = path.Contains('.', StringComparison.Ordinal) ? path.Split('.') : [path];
        _offsets = new int[_parts.Length];
        for (var i = 0; i < _parts.Length; i++)
            _offsets[i] = ParseOffset(_parts[i]);
    }

    public string Path { get; }

    public int Length => _parts.Length;

    public ReadOnlySpan<string> Parts => _parts;

    /// <summary>The top-level field, for the decoder.</summary>
    public string First => _parts[0];

    public string this[int index] => _parts[index];

    /// <summary>Returns the part as an array offset ("0", "17"; no leading zeros), or -1.</summary>
    public int OffsetAt(int index) => _offsets[index];

    public override string ToString() => Path;

    public static int ParseOffset(string part)
    {
        if (part.Length is 0 or > 9 || (part[0] == '0' && part.Length > 1))
            return -1;

        var value = 0;
        foreach (var c in part)
        {
            if (!char.IsAsciiDigit(c))
                return -1;

            value = (value * 10) + (c - '0');
        }

        return value;
    }

    /// <summary>Returns the value at the path through documents only, without entering arrays. C# null if missing.</summary>
    public BsonValue? GetField(BsonDocument document)
    {
        var current = document;
        for (var i = 0; ; i++)
        {
            if (!current.TryGetValue(_parts[i], out var value))
                return null;

            if (i == _parts.Length - 1)
                return value;

            if (value is not BsonDocument next)
                return null;

            current = next;
        }
    }

    /// <summary>
    /// Passes the values that a match at this path considers to a visitor, until the visitor returns true.
    /// </summary>
    /// <remarks>
    /// Arrays along the path are entered: each of their documents, and the element that a numeric part names. With
    /// <paramref name="expandLeaf"/>, an array at the end is visited element by element and then as a whole. A missing field is visited
    /// as C# null. An array without documents along the path yields nothing, so <c>{"a.b": null}</c> does not match <c>{a: []}</c>.
    /// </remarks>
    public bool Any<TVisitor>(BsonDocument document, ref TVisitor visitor, bool expandLeaf)
        where TVisitor : struct, IPathVisitor => VisitDocument(document, 0, ref visitor, expandLeaf, -1);

    private bool VisitDocument<TVisitor>(BsonDocument document, int part, ref TVisitor visitor, bool expandLeaf, int outer)
        where TVisitor : struct, IPathVisitor
    {
        var current = document;
        for (var i = part; ; i++)
        {
            if (!current.TryGetValue(_parts[i], out var value))
                return visitor.Visit(null, outer);

            if (i == _parts.Length - 1)
            {
                return value is BsonArray leaf && expandLeaf ? VisitLeaf(leaf, ref visitor, outer) : visitor.Visit(value, outer);
            }

            switch (value)
            {
                case BsonDocument next:
                    current = next;
                    break;
                case BsonArray array:
                    return VisitArray(array, i + 1, ref visitor, expandLeaf, outer);
                default:
                    return visitor.Visit(null, outer);
            }
        }
    }

    private static bool VisitLeaf<TVisitor>(BsonArray array, ref TVisitor visitor, int outer)
        where TVisitor : struct, IPathVisitor
    {
        for (var i = 0; i < array.Count; i++)
        {
            if (visitor.Visit(array[i], outer < 0 ? i : outer))
                return true;
        }

        return visitor.Visit(array, outer);
    }

    private bool VisitArray<TVisitor>(BsonArray array, int part, ref TVisitor visitor, bool expandLeaf, int outer)
        where TVisitor : struct, IPathVisitor
    {
        var offset = _offsets[part];
        for (var i = 0; i < array.Count; i++)
        {
            var item = array[i];
            var position = outer < 0 ? i : outer;
            if (item is BsonDocument document && VisitDocument(document, part, ref visitor, expandLeaf, position))
                return true;

            if (i != offset)
                continue;

            // An explicit offset is not an implicit traversal, so its position is not the one that `$` refers to.
            if (part == _parts.Length - 1)
            {
                if (visitor.Visit(item, outer))
                    return true;
            }
            else if (
                item is BsonDocument named
                    ? VisitDocument(named, part + 1, ref visitor, expandLeaf, outer)
                    : item is BsonArray nested && VisitArray(nested, part + 1, ref visitor, expandLeaf, outer)
            )
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Visits the values at a path one by one. Implemented by structs, so that matching allocates nothing.</summary>
internal interface IPathVisitor
{
    /// <summary>
    /// Returns true to end the traversal. <paramref name="value"/> is C# null for a missing field. <paramref name="arrayIndex"/> is the
    /// position in the outermost array that was entered implicitly (which the positional <c>$</c> refers to), or -1.
    /// </summary>
    bool Visit(BsonValue? value, int arrayIndex);
}
