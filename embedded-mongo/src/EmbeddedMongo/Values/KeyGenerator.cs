using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Values;

/// <summary>
/// Generates the keys of a document for an ordered list of paths, as stored in an index and compared by a sort: one key per document, or
/// one per array element if there is an array on the paths. In a key, a missing field is null and an empty array at the end of a path is
/// undefined (which sorts before null).
/// </summary>
internal sealed class KeyGenerator
{
    private readonly BsonPath[] _paths;

    public KeyGenerator(params ReadOnlySpan<string> paths)
    {
        _paths = new BsonPath[paths.Length];
        for (var i = 0; i < paths.Length; i++)
            _paths[i] = new BsonPath(paths[i]);
    }

    public int Count => _paths.Length;

    public IReadOnlyList<BsonPath> Paths => _paths;

    /// <summary>Returns the only key of a document without arrays on the paths; false (and no key) if there is an array.</summary>
    public bool TryGetSingle(BsonDocument document, BsonValue[] key)
    {
        for (var i = 0; i < _paths.Length; i++)
        {
            var path = _paths[i];
            var current = document;
            for (var part = 0; ; part++)
            {
                if (!current.TryGetValue(path[part], out var value))
                {
                    key[i] = BsonNull.Value;
                    break;
                }

                if (value is BsonArray)
                    return false;

                if (part == path.Length - 1)
                {
                    key[i] = value;
                    break;
                }

                if (value is not BsonDocument next)
                {
                    key[i] = BsonNull.Value;
                    break;
                }

                current = next;
            }
        }

        return true;
    }

    /// <summary>
    /// Adds every key of the document, possibly with duplicates. Returns true if there is an array on a path, which makes an index
    /// multikey. <paramref name="allMissing"/> is true if none of the paths exists; a sparse index omits such documents.
    /// </summary>
    /// <exception cref="MongoErrorException">
    /// 171 if two paths lead into different arrays, 16746 for an ambiguous numeric name.
    /// </exception>
    public bool Generate(BsonDocument document, List<BsonValue[]> into, out bool allMissing)
    {
        var key = new BsonValue[_paths.Length];
        if (TryGetSingle(document, key))
        {
            into.Add(key);
            allMissing =
                Array.TrueForAll(key, static value => value is BsonNull)
                && Array.TrueForAll(_paths, path => path.GetField(document) is null);
            return false;
        }

        var cursors = new Cursor[_paths.Length];
        for (var i = 0; i < cursors.Length; i++)
            cursors[i] = new Cursor(document, 0, null);

        allMissing = Expand(cursors, into);
        return true;
    }

    // A position on a path: the current value and the next part, or the final value.
    private readonly record struct Cursor(BsonValue? At, int Part, BsonValue? End);

    private bool Expand(Cursor[] cursors, List<BsonValue[]> into)
    {
        BsonArray? array = null;
        for (var i = 0; i < cursors.Length; i++)
        {
            cursors[i] = Advance(_paths[i], cursors[i]);
            if (cursors[i].End is null && cursors[i].At is BsonArray found)
            {
                if (array is not null && !ReferenceEquals(array, found))
                {
                    throw new MongoErrorException(
                        171,
                        "CannotIndexParallelArrays",
                        $"cannot index parallel arrays [{NameAt(_paths[i], cursors[i])}] [{NameOf(cursors, array)}]"
                    );
                }

                array = found;
            }
        }

        if (array is null)
        {
            var key = new BsonValue[cursors.Length];
            var missing = true;
            for (var i = 0; i < key.Length; i++)
            {
                key[i] = cursors[i].End ?? BsonNull.Value;
                missing &= cursors[i].End is null;
            }

            into.Add(key);
            return missing;
        }

        if (array.Count == 0)
            return Expand(Step(cursors, array, BsonUndefined.Value, -1), into);

        if (AreAllOffsets(cursors, array))
            return Expand(Step(cursors, array, null, -1), into);

        var allMissing = true;
        for (var i = 0; i < array.Count; i++)
            allMissing &= Expand(Step(cursors, array, array[i], i), into);

        return allMissing;
    }

    // Replaces the array with one of its elements, as a final value or to continue from. A numeric part selects its own element instead.
    private Cursor[] Step(Cursor[] cursors, BsonArray array, BsonValue? element, int index)
    {
        var next = (Cursor[])cursors.Clone();
        for (var i = 0; i < next.Length; i++)
        {
            if (next[i].End is not null || !ReferenceEquals(next[i].At, array))
                continue;

            var path = _paths[i];
            if (next[i].Part == path.Length)
            {
                next[i] = new Cursor(null, path.Length, element ?? BsonNull.Value);
            }
            else if (IsElementOffset(path, next[i], array))
            {
                var offset = path.OffsetAt(next[i].Part);
                var part = next[i].Part + 1;
                var named = offset < array.Count ? array[offset] : null;
                next[i] = new Cursor(named, part, part == path.Length && named is not BsonArray ? named : null);
            }
            else
            {
                // Only documents in the array are entered, not nested arrays.
                next[i] = new Cursor(element as BsonDocument, next[i].Part, null);
            }
        }

        return next;
    }

    private bool AreAllOffsets(Cursor[] cursors, BsonArray array)
    {
        for (var i = 0; i < cursors.Length; i++)
        {
            if (
                cursors[i].End is null
                && ReferenceEquals(cursors[i].At, array)
                && (cursors[i].Part == _paths[i].Length || !IsElementOffset(_paths[i], cursors[i], array))
            )
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsElementOffset(BsonPath path, Cursor cursor, BsonArray array)
    {
        if (path.OffsetAt(cursor.Part) < 0)
            return false;

        for (var i = 0; i < array.Count; i++)
        {
            if (array[i] is BsonDocument document && document.Contains(path[cursor.Part]))
            {
                throw MongoErrorException.Location(
                    16746,
                    $"Ambiguous field name found in array (do not use numeric field names in embedded elements in an array), field: '{path[cursor.Part]}'"
                );
            }
        }

        return true;
    }

    private static Cursor Advance(BsonPath path, Cursor cursor)
    {
        var current = cursor;
        while (current.End is null && current.At is BsonDocument document && current.Part < path.Length)
        {
            var part = current.Part + 1;
            if (!document.TryGetValue(path[current.Part], out var value))
                return new Cursor(null, part, null);

            current = new Cursor(value, part, part == path.Length && value is not BsonArray ? value : null);
        }

        return current;
    }

    private string NameOf(Cursor[] cursors, BsonArray array)
    {
        for (var i = 0; i < cursors.Length; i++)
        {
            if (ReferenceEquals(cursors[i].At, array))
                return NameAt(_paths[i], cursors[i]);
        }

        return "";
    }

    private static string NameAt(BsonPath path, Cursor cursor) => path[Math.Max(cursor.Part - 1, 0)];
}
