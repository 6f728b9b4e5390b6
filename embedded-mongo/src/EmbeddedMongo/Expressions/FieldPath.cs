using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>A dotted path as the aggregation language reads it: names only, array elements are mapped over, never indexed.</summary>
internal static class FieldPath
{
    /// <summary>MongoDB's nesting limit also bounds a path.</summary>
    private const int MaxParts = 200;

    /// <summary>Splits and checks a path (errors 40352, 40353, 15998, 16410, 16411).</summary>
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

    /// <summary>One name of a path: not empty, no leading dollar, no zero character.</summary>
    public static void RequireName(string name)
    {
        if (name.Length == 0)
            throw MongoErrorException.Location(15998, "FieldPath field names may not be empty strings.");
        if (name[0] == '$')
        {
            throw MongoErrorException.Location(
                16410,
                $"FieldPath field names may not start with '$', given '{name}'. Consider using $getField or $setField."
            );
        }

        if (name.Contains('\0', StringComparison.Ordinal))
            throw MongoErrorException.Location(16411, "FieldPath field names may not contain '\\0'.");
    }

    /// <summary>The value at a path; through an array the values of its documents, collected into an array.</summary>
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
                // Only an array below the path's first name is mapped over; the operand itself may be one, too ($$var.b).
                case BsonArray array:
                    return ReadEach(array, parts, i);
                default:
                    return null;
            }
        }
        return value;
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
