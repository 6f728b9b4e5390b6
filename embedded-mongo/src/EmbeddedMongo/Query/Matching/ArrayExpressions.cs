using System.Globalization;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary><c>$size</c>: matches arrays with exactly the given number of elements.</summary>
internal sealed class SizeExpression(BsonPath path, long size) : PathExpression(path)
{
    protected override bool ExpandsLeafArray => false;

    public override bool MatchesElement(BsonValue? value, MatchDetails? details) => value is BsonArray array && array.Count == size;
}

/// <summary>Base of both forms of <c>$elemMatch</c>. Matches arrays with a matching element and records its index.</summary>
internal abstract class ElementExpression(BsonPath path) : PathExpression(path)
{
    protected override bool ExpandsLeafArray => false;

    public override bool MatchesElement(BsonValue? value, MatchDetails? details)
    {
        var index = value is BsonArray array ? IndexIn(array) : -1;
        if (index < 0)
            return false;

        details?.ArrayIndex = index;
        return true;
    }

    /// <summary>Returns the index of the first matching element, or -1.</summary>
    public abstract int IndexIn(BsonArray array);
}

/// <summary><c>$elemMatch</c> with a filter: matches arrays in which one document satisfies the whole filter.</summary>
internal sealed class ElemMatchExpression(BsonPath path, MatchExpression filter) : ElementExpression(path)
{
    /// <summary>The filter, with paths relative to the element.</summary>
    public MatchExpression Filter { get; } = filter;

    public override int IndexIn(BsonArray array)
    {
        for (var i = 0; i < array.Count; i++)
        {
            var item = array[i] switch
            {
                BsonDocument document => document,
                BsonArray nested => AsDocument(nested),
                _ => null,
            };
            if (item is not null && Filter.Matches(item, null))
                return i;
        }

        return -1;
    }

    // BSON stores an array as a document with the names "0", "1", …, and the filter applies to that document.
    private static BsonDocument AsDocument(BsonArray array)
    {
        var document = new BsonDocument();
        for (var i = 0; i < array.Count; i++)
        {
            document.Add(i.ToString(CultureInfo.InvariantCulture), array[i]);
        }

        return document;
    }
}

/// <summary><c>$elemMatch</c> with operators: matches arrays in which one element satisfies all of them.</summary>
internal sealed class ElemMatchValueExpression(BsonPath path, MatchExpression condition) : ElementExpression(path)
{
    /// <summary>The condition, evaluated with <see cref="MatchExpression.MatchesElement"/>. Its paths are empty.</summary>
    public MatchExpression Condition { get; } = condition;

    public override int IndexIn(BsonArray array)
    {
        for (var i = 0; i < array.Count; i++)
        {
            if (Condition.MatchesElement(array[i], null))
                return i;
        }

        return -1;
    }
}
