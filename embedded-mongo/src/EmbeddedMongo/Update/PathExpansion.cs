using System.Globalization;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>Replaces the positional parts of a path with the array indexes they select in one document.</summary>
internal sealed class PathExpansion(ArrayFilters filters)
{
    /// <summary>
    /// Adds the concrete paths to <paramref name="into"/>, or none if no element is selected. <paramref name="document"/> is the document
    /// before the update. <paramref name="matchedIndex"/> replaces <c>$</c>, and is -1 if the query matched no element.
    /// </summary>
    /// <exception cref="MongoErrorException">2 if the positional operator has no match or the path does not lead to an array.</exception>
    public void Expand(UpdatePath path, BsonDocument document, int matchedIndex, List<UpdatePath> into)
    {
        if (!path.IsDynamic)
        {
            into.Add(path);
            return;
        }

        Expand((string[])path.Parts.Clone(), 0, document, matchedIndex, into);
    }

    private void Expand(string[] parts, int at, BsonValue? value, int matchedIndex, List<UpdatePath> into)
    {
        for (var i = at; i < parts.Length; i++)
        {
            var part = parts[i];
            if (UpdatePath.IsPositional(part))
            {
                if (matchedIndex < 0)
                    throw MongoErrorException.BadValue("The positional operator did not find the match needed from the query.");

                parts[i] = matchedIndex.ToString(CultureInfo.InvariantCulture);
                value = Step(value, parts[i]);
                continue;
            }

            var identifier = UpdatePath.IdentifierOf(part);
            if (identifier is null && !UpdatePath.IsAll(part))
            {
                value = Step(value, part);
                continue;
            }

            var array = GetArray(parts, i, value);
            for (var index = 0; index < array.Count; index++)
            {
                if (identifier is null || filters.Matches(identifier, array[index]))
                {
                    var chosen = (string[])parts.Clone();
                    chosen[i] = index.ToString(CultureInfo.InvariantCulture);
                    Expand(chosen, i + 1, array[index], matchedIndex, into);
                }
            }

            return;
        }

        into.Add(UpdatePath.Concrete(parts));
    }

    private static BsonArray GetArray(string[] parts, int at, BsonValue? value)
    {
        var parent = string.Join('.', parts[..at]);
        return value switch
        {
            BsonArray array => array,
            null => throw MongoErrorException.BadValue($"The path '{parent}' must exist in the document in order to apply array updates."),
            _ => throw MongoErrorException.BadValue($"Cannot apply array updates to non-array element {parts[at - 1]}: {value}"),
        };
    }

    private static BsonValue? Step(BsonValue? value, string part)
    {
        switch (value)
        {
            case BsonDocument document:
                return document.TryGetValue(part, out var field) ? field : null;
            case BsonArray array:
                var offset = BsonPath.ParseOffset(part);
                return offset >= 0 && offset < array.Count ? array[offset] : null;
            default:
                return null;
        }
    }
}
