using System.Text;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>
/// Checks conditions on top-level fields against the document's bytes in one pass and decodes only the values it needs.
/// It rejects most documents of a scan without creating a <see cref="BsonDocument"/>.
/// </summary>
internal sealed class RawFilter
{
    private readonly Field[] _fields;

    private RawFilter(Field[] fields, bool isComplete)
    {
        _fields = fields;
        IsComplete = isComplete;
    }

    /// <summary>Whether these are all the conditions of the filter. If not, a match is not final and only a rejection is.</summary>
    public bool IsComplete { get; }

    /// <summary>Returns null if no part of the filter can be checked this way.</summary>
    public static RawFilter? Compile(MatchExpression filter)
    {
        var conjunction = new Conjunction(filter);
        var simple = conjunction
            .Conditions.Where(condition =>
                condition.BsonPath.Length == 1 && condition is ComparisonExpression or InExpression or RegexExpression or TypeExpression
            )
            .ToList();
        if (simple.Count == 0 || conjunction.AlwaysFalse)
            return null;

        var fields = simple
            .GroupBy(condition => condition.Path)
            .Select(group => new Field(Encoding.UTF8.GetBytes(group.Key), [.. group]))
            .ToArray();
        return fields.Length > 31
            ? null
            : new RawFilter(fields, simple.Count == conjunction.Conditions.Count && conjunction is { Opaque: 0, Alternatives.Count: 0 });
    }

    /// <summary>
    /// Returns false if the document does not match, true if it satisfies these conditions, or null if a field is an array, whose elements
    /// the full filter must check.
    /// </summary>
    public bool? Matches(ReadOnlySpan<byte> document)
    {
        var seen = 0u;
        var all = (1u << _fields.Length) - 1;
        var undecided = false;
        foreach (var element in RawBson.Elements(document))
        {
            for (var i = 0; i < _fields.Length; i++)
            {
                if ((seen & (1u << i)) != 0 || !element.Name.SequenceEqual(_fields[i].Name))
                    continue;

                seen |= 1u << i;
                if (element.Type == BsonType.Array)
                    undecided = true;
                else if (!_fields[i].Accepts(BsonDecoder.DecodeValue(element.Type, element.Value)))
                    return false;
            }

            if (seen == all)
                return undecided ? null : true;
        }

        for (var i = 0; i < _fields.Length; i++)
        {
            if ((seen & (1u << i)) == 0 && !_fields[i].Accepts(null))
                return false;
        }

        return undecided ? null : true;
    }

    private sealed record Field(byte[] Name, PathExpression[] Conditions)
    {
        public bool Accepts(BsonValue? value)
        {
            foreach (var condition in Conditions)
            {
                if (!condition.MatchesElement(value, null))
                    return false;
            }

            return true;
        }
    }
}
