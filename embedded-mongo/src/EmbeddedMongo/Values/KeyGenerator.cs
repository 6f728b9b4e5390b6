using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Values;

/// <summary>
/// The keys of a document for an ordered list of paths, as an index holds them and a sort compares them: one key a document without arrays
/// on
/// the paths, one an element otherwise. A missing field is null in a key, an empty array at the end of a path undefined (which sorts before
/// null).
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

    /// <summary>The only key of a document whose paths meet no array; false (and no key) when they do.</summary>
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
    /// Adds every key of the document; returns true when any path met an array, which is when an index becomes multikey.
    /// Keys may repeat. <paramref name="allMissing"/> tells that none of the paths is there, which is what a sparse index leaves out.
    /// </summary>
    /// <exception cref="MongoErrorException">171 when two paths lead into different arrays, 16746 for an ambiguous numeric
    /// name.</exception>
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

    // A cursor stands before a part of its path at a value, or has ended with one.
    private readonly record struct Cursor(BsonValue? At, int Part, BsonValue? End);

    private bool Expand(Cursor[] cursors, List<BsonValue[]> into)
    {
        BsonArray? array = null;
        for (var i = 0; i < cursors.Length; i++)
        {
            cursors[i] = Advance(_paths[i], cursors[i]);
            if (cursors[i].End is null && cursors[i].At is BsonArray met)
            {
                if (array is not null && !ReferenceEquals(array, met))
                {
                    throw new MongoErrorException(
                        171,
                        "CannotIndexParallelArrays",
                        $"cannot index parallel arrays [{NameAt(_paths[i], cursors[i])}] [{NameOf(cursors, array)}]"
                    );
                }

                array = met;
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

        if (OnlyOffsets(cursors, array))
            return Expand(Step(cursors, array, null, -1), into);

        var allMissing = true;
        for (var i = 0; i < array.Count; i++)
            allMissing &= Expand(Step(cursors, array, array[i], i), into);

        return allMissing;
    }

    // Puts one element in the array's place: as the end of a path, or to be walked on. A numeric part names its element instead.
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
            else if (NamesElement(path, next[i], array))
            {
                var offset = path.OffsetAt(next[i].Part);
                var part = next[i].Part + 1;
                var named = offset < array.Count ? array[offset] : null;
                next[i] = new Cursor(named, part, part == path.Length && named is not BsonArray ? named : null);
            }
            else
            {
                // Nested arrays are not walked into: only documents of the array are.
                next[i] = new Cursor(element as BsonDocument, next[i].Part, null);
            }
        }

        return next;
    }

    private bool OnlyOffsets(Cursor[] cursors, BsonArray array)
    {
        for (var i = 0; i < cursors.Length; i++)
        {
            if (
                cursors[i].End is null
                && ReferenceEquals(cursors[i].At, array)
                && (cursors[i].Part == _paths[i].Length || !NamesElement(_paths[i], cursors[i], array))
            )
            {
                return false;
            }
        }

        return true;
    }

    private static bool NamesElement(BsonPath path, Cursor cursor, BsonArray array)
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
