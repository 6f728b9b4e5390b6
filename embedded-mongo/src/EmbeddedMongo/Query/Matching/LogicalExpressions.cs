using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary>The base of connectives over several filters.</summary>
internal abstract class ListExpression(MatchExpression[] children) : MatchExpression
{
    public MatchExpression[] Children { get; } = children;

    public override void CollectFields(FieldSet into)
    {
        foreach (var child in Children)
            child.CollectFields(into);
    }
}

/// <summary>Matches if all children match: <c>$and</c>, several fields in a filter, several operators on a field, <c>$all</c>.</summary>
internal sealed class AndExpression(MatchExpression[] children) : ListExpression(children)
{
    public override bool Matches(BsonDocument document, MatchDetails? details)
    {
        foreach (var child in Children)
        {
            if (!child.Matches(document, details))
                return false;
        }

        return true;
    }

    public override bool MatchesElement(BsonValue? value, MatchDetails? details)
    {
        foreach (var child in Children)
        {
            if (!child.MatchesElement(value, details))
                return false;
        }

        return true;
    }
}

/// <summary>Matches if any child matches. As in MongoDB, a match through <c>$or</c> sets no position for the positional operator.</summary>
internal sealed class OrExpression(MatchExpression[] children) : ListExpression(children)
{
    public override bool Matches(BsonDocument document, MatchDetails? details)
    {
        foreach (var child in Children)
        {
            if (child.Matches(document, null))
                return true;
        }

        return false;
    }

    public override bool MatchesElement(BsonValue? value, MatchDetails? details)
    {
        foreach (var child in Children)
        {
            if (child.MatchesElement(value, null))
                return true;
        }

        return false;
    }
}

/// <summary>Matches if no child matches.</summary>
internal sealed class NorExpression(MatchExpression[] children) : ListExpression(children)
{
    public override bool Matches(BsonDocument document, MatchDetails? details)
    {
        foreach (var child in Children)
        {
            if (child.Matches(document, null))
                return false;
        }

        return true;
    }

    public override bool MatchesElement(BsonValue? value, MatchDetails? details)
    {
        foreach (var child in Children)
        {
            if (child.MatchesElement(value, null))
                return false;
        }

        return true;
    }
}

/// <summary><c>$not</c>. Also used for <c>$ne</c>, <c>$nin</c> and <c>{$exists: false}</c>.</summary>
internal sealed class NotExpression(MatchExpression child) : MatchExpression
{
    public MatchExpression Child { get; } = child;

    public override bool Matches(BsonDocument document, MatchDetails? details) => !Child.Matches(document, null);

    public override bool MatchesElement(BsonValue? value, MatchDetails? details) => !Child.MatchesElement(value, null);

    public override void CollectFields(FieldSet into) => Child.CollectFields(into);
}
