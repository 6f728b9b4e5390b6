using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>A dotted path in the aggregation language. It consists of names only: arrays are mapped over, never indexed.</summary>
internal static class FieldPath
{
    /// <summary>MongoDB's nesting limit, which also applies to paths.</summary>
    private const int MaxParts = 200;

    /// <summary>Splits and validates a path (errors 40352, 40353, 15998, 16410, 16411).</summary>
    public static string[] Parse(string path)
    {
        if (path.Length == 0)
            throw MongoErrorException.Location(40352, "FieldPath cannot be constructed with empty string");
        if (path[^1] == '.')
            throw MongoErrorException.Location(40353, "FieldPath must not end with a '.'.");
        var parts = path.Split('.');
        if (parts.Length > MaxParts)
            throw new MongoErrorException(15, "Overflow", "FieldPath is too long");
        foreach (var part in parts)
            RequireName(part);
        return parts;
    }

    /// <summary>Validates one name of a path: not empty, no leading dollar sign, no null character.</summary>
    public static void RequireName(string name)
    {
        if (name.Length == 0)
            throw MongoErrorException.Location(15998, "FieldPath field names may not be empty strings.");
        if (name[0] == '$' && !DbRef.IsField(name))
        {
            throw MongoErrorException.Location(
                16410,
                $"FieldPath field names may not start with '$', given '{name}'. Consider using $getField or $setField."
            );
        }

        if (name.Contains('\0', StringComparison.Ordinal))
            throw MongoErrorException.Location(16411, "FieldPath field names may not contain '\\0'.");
    }

    /// <summary>Returns the value at a path. For an array on the path, returns an array of the values in its documents.</summary>
    public static BsonValue? Read(BsonValue? from, string[] parts, int start = 0)
    {
        var value = from;
        for (var i = start; i < parts.Length; i++)
        {
            switch (value)
            {
                case BsonDocument document:
                    if (!document.TryGetValue(parts[i], out value))
                        return null;
                    break;
                // An array below the path's first name, or the value of a variable ($$var.b).
                case BsonArray array:
                    return ReadEach(array, parts, i);
                default:
                    return null;
            }
        }
        return value;
    }

    /// <summary>Like <see cref="Read(BsonValue?, string[], int)"/>, from the bytes of a value. Decodes only the result.</summary>
    public static BsonValue? Read(BsonType type, ReadOnlySpan<byte> value, FieldPathExpression path, int start)
    {
        for (var i = start; i < path.Parts.Length; i++)
        {
            if (type == BsonType.Array)
                return Read(BsonDecoder.DecodeValue(type, value), path.Parts, i);
            if (type != BsonType.Document || !RawBson.TryFind(value, path.Utf8Parts[i], out var element))
                return null;
            type = element.Type;
            value = element.Value;
        }
        return BsonDecoder.DecodeValue(type, value);
    }

    private static BsonArray ReadEach(BsonArray array, string[] parts, int start)
    {
        var results = new BsonArray(array.Count);
        for (var i = 0; i < array.Count; i++)
        {
            if (array[i] is BsonDocument element && Read(element, parts, start) is { } value)
                results.Add(value);
        }
        return results;
    }
}
