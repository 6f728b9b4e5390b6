using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>The <c>arrayFilters</c> of an update: one condition for each identifier used in <c>$[identifier]</c>.</summary>
internal sealed class ArrayFilters
{
    private readonly Dictionary<string, MatchExpression> _filters = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <exception cref="MongoErrorException">9 if a filter does not have exactly one top-level name, 2 for malformed names.</exception>
    public static ArrayFilters Parse(BsonArray? filters, MatchContext context)
    {
        var parsed = new ArrayFilters();
        foreach (var item in filters ?? [])
        {
            if (item is not BsonDocument filter)
                throw MongoErrorException.TypeMismatch("BSON field 'arrayFilters' holds something that is not a document");

            var name =
                FindName(filter, null)
                ?? throw MongoErrorException.FailedToParse("Cannot use an expression without a top-level field name in arrayFilters");
            if (!IsIdentifier(name))
            {
                throw MongoErrorException.BadValue(
                    $"Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '{name}'"
                );
            }

            if (!parsed._filters.TryAdd(name, MatchParser.Parse(filter, context)))
                throw MongoErrorException.FailedToParse($"Found multiple array filters with the same top-level field name {name}");
        }

        return parsed;
    }

    /// <summary>Records that a path uses an identifier.</summary>
    /// <exception cref="MongoErrorException">2 if no filter has the name.</exception>
    public void MarkUsed(string identifier, string path)
    {
        if (!_filters.ContainsKey(identifier))
            throw MongoErrorException.BadValue($"No array filter found for identifier '{identifier}' in path '{path}'");

        _used.Add(identifier);
    }

    /// <exception cref="MongoErrorException">9 if no path uses a filter's identifier.</exception>
    public void RequireAllUsed(BsonValue update)
    {
        foreach (var name in _filters.Keys)
        {
            if (!_used.Contains(name))
                throw MongoErrorException.FailedToParse($"The array filter for identifier '{name}' was not used in the update {update}");
        }
    }

    public bool Matches(string identifier, BsonValue element) => _filters[identifier].Matches(new BsonDocument(identifier, element));

    private static string? FindName(BsonDocument filter, string? known)
    {
        foreach (var element in filter)
        {
            if (element.Name is "$and" or "$or" or "$nor" && element.Value is BsonArray clauses)
            {
                foreach (var clause in clauses)
                    known = clause is BsonDocument nested ? FindName(nested, known) : known;

                continue;
            }

            if (element.Name.StartsWith('$'))
                continue;

            var name = element.Name.Split('.')[0];
            if (known is not null && known != name)
            {
                throw MongoErrorException.FailedToParse(
                    $"Error parsing array filter :: caused by :: Expected a single top-level field name, found '{known}' and '{name}'"
                );
            }

            known = name;
        }

        return known;
    }

    private static bool IsIdentifier(string name) =>
        name.Length > 0 && char.IsAsciiLetterLower(name[0]) && !name.AsSpan().ContainsAnyExcept(Alphanumeric);

    private static readonly System.Buffers.SearchValues<char> Alphanumeric = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    );
}
