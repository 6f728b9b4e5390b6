using System.Globalization;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary><c>$size</c>: an array of exactly so many elements.</summary>
internal sealed class SizeExpression(BsonPath path, long size) : PathExpression(path)
{
    protected override bool ExpandsLeafArray => false;

    public override bool MatchesElement(BsonValue? value, MatchDetails? details) => value is BsonArray array && array.Count == size;
}

/// <summary>Either form of <c>$elemMatch</c>: asks for an element of an array, and tells which one it was.</summary>
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

    /// <summary>The first element that satisfies what is asked, or -1.</summary>
    public abstract int IndexIn(BsonArray array);
}

/// <summary><c>$elemMatch</c> with a filter: an array of which one document satisfies all of it.</summary>
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

    // BSON stores an array as a document with the names "0", "1", …, and a filter sees it so.
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

/// <summary><c>$elemMatch</c> with operators: an array of which one element satisfies them all.</summary>
internal sealed class ElemMatchValueExpression(BsonPath path, MatchExpression condition) : ElementExpression(path)
{
    /// <summary>The condition, asked through <see cref="MatchExpression.MatchesElement"/>; its paths are empty.</summary>
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
