using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary>A parsed filter. The planner inspects its structure; execution evaluates it for each document.</summary>
internal abstract class MatchExpression
{
    public bool Matches(BsonDocument document) => Matches(document, null);

    /// <summary>Like <see cref="Matches(BsonDocument)"/>, but records the array position for the positional operator <c>$</c>.</summary>
    public abstract bool Matches(BsonDocument document, MatchDetails? details);

    /// <summary>
    /// Matches a single value without following a path, as <c>$elemMatch</c> with operators does for each element.
    /// C# null is a missing value.
    /// </summary>
    public abstract bool MatchesElement(BsonValue? value, MatchDetails? details);

    /// <summary>Adds the fields that the match reads.</summary>
    public abstract void CollectFields(FieldSet into);
}

/// <summary>Details of a match: the index in the outermost array that was traversed implicitly.</summary>
internal sealed class MatchDetails
{
    /// <summary>The index for the positional operator <c>$</c>, or -1 if the match traversed no array.</summary>
    public int ArrayIndex { get; set; } = -1;
}

/// <summary><c>{}</c> and <c>$alwaysTrue</c>.</summary>
internal sealed class AlwaysTrueExpression : MatchExpression
{
    public static AlwaysTrueExpression Instance { get; } = new();

    public override bool Matches(BsonDocument document, MatchDetails? details) => true;

    public override bool MatchesElement(BsonValue? value, MatchDetails? details) => true;

    public override void CollectFields(FieldSet into) { }
}

/// <summary><c>$alwaysFalse</c>, <c>{$in: []}</c> and <c>{$all: []}</c>.</summary>
internal sealed class AlwaysFalseExpression : MatchExpression
{
    public static AlwaysFalseExpression Instance { get; } = new();

    public override bool Matches(BsonDocument document, MatchDetails? details) => false;

    public override bool MatchesElement(BsonValue? value, MatchDetails? details) => false;

    public override void CollectFields(FieldSet into) { }
}
