using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary>A parsed filter. The planner reads its shape; execution asks it document by document.</summary>
internal abstract class MatchExpression
{
    public bool Matches(BsonDocument document) => Matches(document, null);

    /// <summary>As <see cref="Matches(BsonDocument)"/>, noting the array position that the positional <c>$</c> stands for.</summary>
    public abstract bool Matches(BsonDocument document, MatchDetails? details);

    /// <summary>
    /// Applies to one value without walking a path: what <c>$elemMatch</c> with operators asks of each element.
    /// C# null is a missing value.
    /// </summary>
    public abstract bool MatchesElement(BsonValue? value, MatchDetails? details);

    /// <summary>Adds the top-level fields that a match looks at.</summary>
    public abstract void CollectFields(FieldSet into);
}

/// <summary>What a match tells beside yes: the index in the outermost array that was walked implicitly.</summary>
internal sealed class MatchDetails
{
    /// <summary>Position for the positional operator <c>$</c>, or -1 when the match went through no array.</summary>
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
