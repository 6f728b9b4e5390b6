using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query;

/// <summary>One key of a sort.</summary>
internal readonly record struct SortField(string Path, bool Descending);

/// <summary>
/// A parsed sort. A document with arrays on the path sorts by its smallest key when ascending and by its largest when descending.
/// A missing field sorts as null, an empty array before null (manual: "cursor.sort()", "Sort by an Array Field").
/// </summary>
internal sealed class SortSpec
{
    /// <summary>MongoDB's limit on the keys of one sort, the same as for a compound index.</summary>
    private const int MaxKeys = 32;

    private readonly SortField[] _fields;
    private readonly KeyGenerator _keys;

    private SortSpec(SortField[] fields, int natural, Collation? collation)
    {
        _fields = fields;
        Natural = natural;
        Collation = collation;
        _keys = new KeyGenerator(Array.ConvertAll(fields, static field => field.Path));
    }

    public IReadOnlyList<SortField> Fields => _fields;

    /// <summary>1 or -1 for <c>{$natural: …}</c> (storage order), otherwise 0.</summary>
    public int Natural { get; }

    /// <summary>The collation of strings; null for the simple one.</summary>
    public Collation? Collation { get; }

    /// <summary>Parses the sort of a find or a <c>$sort</c> stage. An empty document means no sort.</summary>
    /// <exception cref="MongoErrorException">15974 and 15975 for directions other than 1 and -1, 16410 for operator names, 2 for
    /// $natural with other keys.</exception>
    public static SortSpec Parse(BsonDocument spec, Collation? collation = null)
    {
        if (spec.ElementCount > MaxKeys)
            throw MongoErrorException.BadValue($"too many compound keys: a sort has at most {MaxKeys}");

        var fields = new SortField[spec.ElementCount];
        for (var i = 0; i < fields.Length; i++)
        {
            var element = spec.GetElement(i);
            var direction = ParseDirection(element.Value);
            if (element.Name == "$natural")
            {
                return spec.ElementCount == 1
                    ? new SortSpec([], direction, collation)
                    : throw MongoErrorException.BadValue(
                        "$natural sort cannot be set to a value other than -1 or 1, nor stand with other keys."
                    );
            }

            FieldPathRules.Require(element.Name);
            fields[i] = new SortField(element.Name, direction < 0);
        }

        return new SortSpec(fields, 0, collation);
    }

    public void CollectFields(FieldSet into)
    {
        foreach (var field in _fields)
            into.Add(field.Path);
    }

    /// <summary>Compares two documents. To sort many, extract each key once and use <see cref="CompareKeys"/>.</summary>
    public int Compare(BsonDocument a, BsonDocument b) => CompareKeys(ExtractKey(a), ExtractKey(b));

    /// <summary>Returns the values that the document sorts by: their sort keys if there is a collation.</summary>
    /// <exception cref="MongoErrorException">2 if two keys lead into different arrays.</exception>
    public BsonValue[] ExtractKey(BsonDocument document)
    {
        var single = new BsonValue[_fields.Length];
        if (_keys.TryGetSingle(document, single))
            return ToSortKeys(single);

        var keys = new List<BsonValue[]>();
        try
        {
            _keys.Generate(document, keys, out _);
        }
        catch (MongoErrorException error) when (error.Code == 171)
        {
            throw MongoErrorException.BadValue("cannot sort with keys that are parallel arrays");
        }

        var best = ToSortKeys(keys[0]);
        for (var i = 1; i < keys.Count; i++)
        {
            if (CompareKeys(ToSortKeys(keys[i]), best) < 0)
                best = keys[i];
        }

        return best;
    }

    public int CompareKeys(BsonValue[] a, BsonValue[] b)
    {
        for (var i = 0; i < _fields.Length; i++)
        {
            var order = BsonOrder.Compare(a[i], b[i]);
            if (order != 0)
                return _fields[i].Descending ? -order : order;
        }

        return 0;
    }

    /// <summary>Replaces the values of a key in place.</summary>
    private BsonValue[] ToSortKeys(BsonValue[] key)
    {
        for (var i = 0; Collation is not null && i < key.Length; i++)
            key[i] = Collation.GetSortKey(key[i]);

        return key;
    }

    private static int ParseDirection(BsonValue value)
    {
        if (value is BsonDocument { ElementCount: 1 } document && document.GetElement(0).Name == "$meta")
            throw MongoErrorException.BadValue("$meta sorts are not supported by this server: it has no text search");

        if (!BsonNumbers.IsNumber(value))
            throw MongoErrorException.Location(15974, $"Illegal key in $sort specification: {value}");

        return BsonNumbers.TryToInt64(value, out var direction) && direction is 1 or -1
            ? (int)direction
            : throw MongoErrorException.Location(15975, "$sort key ordering must be 1 (for ascending) or -1 (for descending)");
    }
}
