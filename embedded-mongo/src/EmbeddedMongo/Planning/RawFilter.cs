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
            .Select(group => new Field(Encoding.UTF8.GetBytes(group.Key), group))
            .ToArray();
        return fields.Length > 31
            ? null
            : new RawFilter(fields, simple.Count == conjunction.Conditions.Count && conjunction is { Opaque: 0, Alternatives.Count: 0 });
    }

    /// <summary>Returns whether the document satisfies these conditions.</summary>
    public bool Matches(ReadOnlySpan<byte> document)
    {
        var seen = 0u;
        var all = (1u << _fields.Length) - 1;
        foreach (var element in RawBson.Elements(document))
        {
            for (var i = 0; i < _fields.Length; i++)
            {
                if ((seen & (1u << i)) != 0 || !element.Name.SequenceEqual(_fields[i].Name))
                    continue;

                seen |= 1u << i;
                if (!_fields[i].Accepts(element))
                    return false;
            }

            if (seen == all)
                return true;
        }

        for (var i = 0; i < _fields.Length; i++)
        {
            if ((seen & (1u << i)) == 0 && !_fields[i].AcceptsMissing())
                return false;
        }

        return true;
    }

    private sealed class Field(byte[] name, IEnumerable<PathExpression> conditions)
    {
        private readonly Condition[] _conditions = [.. conditions.Select(condition => new Condition(condition))];

        public byte[] Name => name;

        public bool Accepts(in RawElement element)
        {
            foreach (var condition in _conditions)
            {
                if (!condition.Accepts(element))
                    return false;
            }

            return true;
        }

        public bool AcceptsMissing() => Array.TrueForAll(_conditions, condition => condition.AcceptsMissing());
    }

    private sealed class Condition(PathExpression expression)
    {
        private readonly byte[]? _prefix = expression is RegexExpression { IsPrefixOnly: true, AnchoredPrefix: { } prefix }
            ? Encoding.UTF8.GetBytes(prefix)
            : null;

        /// <summary>Returns whether the value, an element of it if it is an array, or the array as a whole matches.</summary>
        public bool Accepts(in RawElement element)
        {
            if (element.Type != BsonType.Array)
                return AcceptsValue(element);

            foreach (var item in RawBson.Elements(element.Value))
            {
                if (AcceptsValue(item))
                    return true;
            }

            return expression is not RegexExpression && AcceptsValue(element);
        }

        public bool AcceptsMissing() => expression.MatchesElement(null, null);

        private bool AcceptsValue(in RawElement element) =>
            _prefix is not null && element.Type == BsonType.String
                ? element.Value[4..^1].StartsWith(_prefix)
                : expression.MatchesElement(BsonDecoder.DecodeValue(element.Type, element.Value), null);
    }
}
