using System.Numerics;
using System.Text;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>
/// Checks conditions on top-level fields against the document's bytes in one pass and decodes only the values it needs.
/// It rejects most documents of a scan without creating a <see cref="BsonDocument"/>. The same pass finds the fields that the caller
/// reads from a match.
/// </summary>
internal sealed class RawFilter
{
    private const int MaxSearchedBytes = 4096;

    private readonly FieldSet _names;
    private readonly Field?[] _fields;
    private readonly ulong _conditions;
    private readonly ulong _needed;
    private readonly FieldSet?[] _nested;

    // Fields that only a condition reads, which a missing field satisfies. The names end with a zero, as they are stored.
    private readonly List<(ulong Bit, byte[] Name)> _optional = [];
    private readonly List<(int Field, BsonType Type, Range Value)> _found = [];

    private RawFilter(FieldSet names, Field?[] fields, FieldSet? needed, bool isComplete)
    {
        IsComplete = isComplete;
        FindsFields = needed is not null;
        _names = names;
        _fields = fields;
        _nested = new FieldSet?[names.Count];
        for (var i = 0; i < names.Count; i++)
        {
            if (fields[i] is not null)
                _conditions |= 1UL << i;

            if (needed?.IndexOf(names.Names[i]) is not (>= 0 and var index))
            {
                if (fields[i]!.AcceptsMissing())
                    _optional.Add((1UL << i, Encoding.UTF8.GetBytes(names.Names[i] + '\0')));

                continue;
            }

            _needed |= 1UL << i;
            _nested[i] = needed.NestedAt(index);
        }
    }

    /// <summary>Whether these are all the conditions of the filter. If not, the whole filter must confirm a match.</summary>
    public bool IsComplete { get; }

    /// <summary>Whether <see cref="Matches"/> finds the fields that the caller needs.</summary>
    public bool FindsFields { get; }

    /// <summary>Returns null if no part of the filter can be checked this way and no fields are needed.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="needed">The fields that <see cref="Decode"/> returns and <see cref="Read"/> reads.</param>
    public static RawFilter? Compile(MatchExpression filter, FieldSet? needed = null)
    {
        var conjunction = new Conjunction(filter);
        var simple = conjunction
            .Conditions.Where(condition =>
                condition.BsonPath.Length == 1 && condition is ComparisonExpression or InExpression or RegexExpression or TypeExpression
            )
            .ToLookup(condition => condition.Path);
        if ((simple.Count == 0 && needed is null) || conjunction.AlwaysFalse)
            return null;

        var names = new FieldSet([.. simple.Select(group => group.Key)]);
        if (needed is not null)
            names.UnionWith(needed);

        var fields = names.Names.Select(name => simple.Contains(name) ? new Field(simple[name]) : null).ToArray();
        var isComplete =
            simple.Sum(group => group.Count()) == conjunction.Conditions.Count && conjunction is { Opaque: 0, Alternatives.Count: 0 };
        return names.Count > 64 ? null : new RawFilter(names, fields, needed, isComplete);
    }

    /// <summary>Returns whether the document satisfies these conditions.</summary>
    public bool Matches(ReadOnlySpan<byte> document)
    {
        _found.Clear();
        var untested = _conditions;
        var missing = _needed;

        // A search for the name is faster than a walk over all fields, and most documents do not have it. The walk skips long values.
        if (document.Length <= MaxSearchedBytes)
        {
            foreach (var (bit, name) in _optional)
            {
                if (document.IndexOf(name) < 0)
                    untested &= ~bit;
            }
        }

        var elements = RawBson.Elements(document);
        while ((untested | missing) != 0 && elements.MoveNext())
        {
            var index = _names.IndexOf(elements.Name);
            if (index < 0)
                continue;

            var bit = 1UL << index;
            if ((untested & bit) != 0)
            {
                untested &= ~bit;
                if (!_fields[index]!.Accepts(elements.Current))
                    return false;
            }

            if (missing != 0 && (_needed & bit) != 0)
            {
                missing &= ~bit;
                _found.Add((index, elements.Type, elements.ValueRange));
            }
        }

        for (; untested != 0; untested &= untested - 1)
        {
            if (!_fields[BitOperations.TrailingZeroCount(untested)]!.AcceptsMissing())
                return false;
        }

        return true;
    }

    /// <summary>Returns the needed fields of the document that <see cref="Matches"/> has just accepted, in the document's order.</summary>
    public BsonDocument Decode(ReadOnlySpan<byte> document)
    {
        var result = new BsonDocument { AllowDuplicateNames = true };
        foreach (var (field, type, value) in _found)
            result.Add(_names.Names[field], BsonDecoder.DecodeValue(type, document[value], _nested[field]));

        return result;
    }

    /// <summary>Returns the value at a path of the accepted document; C# null if missing. Decodes nothing else.</summary>
    public BsonValue? Read(ReadOnlySpan<byte> document, FieldPathExpression path)
    {
        var index = _names.IndexOf(path.Utf8Parts[0]);
        foreach (var (field, type, value) in _found)
        {
            if (field == index)
                return FieldPath.Read(type, document[value], path, 1);
        }

        return null;
    }

    private sealed class Field(IEnumerable<PathExpression> conditions)
    {
        private readonly Condition[] _conditions = [.. conditions.Select(condition => new Condition(condition))];

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
