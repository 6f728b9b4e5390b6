using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>Reads and replaces fields at paths through documents only: the path of $unwind and the "as" of $lookup.</summary>
internal static class NestedField
{
    public static BsonValue? Get(BsonDocument document, string[] path)
    {
        var current = document;
        for (var i = 0; i < path.Length; i++)
        {
            if (!current.TryGetValue(path[i], out var value))
                return null;
            if (i == path.Length - 1)
                return value;
            if (value is not BsonDocument next)
                return null;
            current = next;
        }
        return null;
    }

    /// <summary>Returns a copy with the value at the path; C# null removes the field. Only documents along the path are copied.</summary>
    public static BsonDocument With(BsonDocument document, string[] path, BsonValue? value, int at = 0)
    {
        var copy = Copy(document);
        var name = path[at];
        if (at == path.Length - 1)
        {
            if (value is null)
                copy.Remove(name);
            else
                copy[name] = value;
        }
        else if (copy.TryGetValue(name, out var inner) && inner is BsonDocument nested)
        {
            copy[name] = With(nested, path, value, at + 1);
        }
        else if (value is not null)
        {
            copy[name] = With([], path, value, at + 1);
        }

        return copy;
    }

    /// <summary>Returns a shallow copy, which shares its values.</summary>
    public static BsonDocument Copy(BsonDocument document)
    {
        var copy = new BsonDocument(allowDuplicateNames: true);
        for (var i = 0; i < document.ElementCount; i++)
            copy.Add(document.GetElement(i));
        copy.AllowDuplicateNames = false;
        return copy;
    }
}
