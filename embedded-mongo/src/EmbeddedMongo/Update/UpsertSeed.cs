using EmbeddedMongo.Errors;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>The fields that an upsert's filter sets in the new document: its equality conditions (manual: "Upsert Behavior").</summary>
internal static class UpsertSeed
{
    /// <summary>Returns a document with the filter's equalities. For a replacement it only has the _id.</summary>
    /// <exception cref="MongoErrorException">54 NotSingleValueField if two equalities set overlapping paths.</exception>
    public static BsonDocument From(MatchExpression query, bool idOnly)
    {
        var equalities = new List<(string Path, BsonValue Value)>();
        Collect(query, equalities);
        var seed = new BsonDocument();
        for (var i = 0; i < equalities.Count; i++)
        {
            var (path, value) = equalities[i];
            RequireSingle(equalities, i);
            if (!idOnly || path == "_id")
                Set(seed, path, value);
        }

        return seed;
    }

    private static void Collect(MatchExpression query, List<(string, BsonValue)> into)
    {
        switch (query)
        {
            case ComparisonExpression { Operator: ComparisonOperator.Eq } equality:
                into.Add((equality.Path, equality.Value));
                break;
            case InExpression { Values.Length: 1, Regexes.Length: 0 } only:
                into.Add((only.Path, only.Values[0]));
                break;
            case AndExpression and:
                foreach (var child in and.Children)
                    Collect(child, into);

                break;
            case OrExpression { Children.Length: 1 } or:
                Collect(or.Children[0], into);
                break;
            default:
                break;
        }
    }

    private static void RequireSingle(List<(string Path, BsonValue Value)> equalities, int index)
    {
        var path = equalities[index].Path;
        for (var i = 0; i < index; i++)
        {
            var other = equalities[i].Path;
            if (other == path)
            {
                throw new MongoErrorException(
                    MongoErrorCodes.NotSingleValueField,
                    $"cannot infer query fields to set, path '{path}' is matched twice"
                );
            }

            if (path.StartsWith(other + ".", StringComparison.Ordinal) || other.StartsWith(path + ".", StringComparison.Ordinal))
            {
                throw new MongoErrorException(
                    MongoErrorCodes.NotSingleValueField,
                    $"cannot infer query fields to set, both paths '{path}' and '{other}' are matched"
                );
            }
        }
    }

    private static void Set(BsonDocument seed, string path, BsonValue value)
    {
        PathLimits.RequireValidLength(path);
        var parts = path.Split('.');
        var parent = seed;
        for (var i = 0; i < parts.Length - 1; i++)
        {
            if (!parent.TryGetValue(parts[i], out var next))
            {
                next = new BsonDocument();
                parent.Add(parts[i], next);
            }

            parent = (BsonDocument)next;
        }

        parent[parts[^1]] = value;
    }
}
