using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary>A connective over several filters.</summary>
internal abstract class ListExpression(MatchExpression[] children) : MatchExpression
{
    public MatchExpression[] Children { get; } = children;

    public override void CollectFields(FieldSet into)
    {
        foreach (var child in Children)
            child.CollectFields(into);
    }
}

/// <summary>All of the children: <c>$and</c>, several fields of one filter, several operators of one field, <c>$all</c>.</summary>
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

/// <summary>Any of the children. As on MongoDB, a match through <c>$or</c> gives the positional operator no position.</summary>
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

/// <summary>None of the children.</summary>
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

/// <summary><c>$not</c>, and what <c>$ne</c>, <c>$nin</c> and <c>{$exists: false}</c> are made of.</summary>
internal sealed class NotExpression(MatchExpression child) : MatchExpression
{
    public MatchExpression Child { get; } = child;

    public override bool Matches(BsonDocument document, MatchDetails? details) => !Child.Matches(document, null);

    public override bool MatchesElement(BsonValue? value, MatchDetails? details) => !Child.MatchesElement(value, null);

    public override void CollectFields(FieldSet into) => Child.CollectFields(into);
}
