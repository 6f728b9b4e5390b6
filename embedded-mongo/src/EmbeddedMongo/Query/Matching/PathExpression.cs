using EmbeddedMongo.Bson;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary>A condition on a dotted path. Matches if any value that the path reaches satisfies the condition.</summary>
internal abstract class PathExpression(BsonPath path) : MatchExpression
{
    public BsonPath BsonPath { get; } = path;

    /// <summary>The dotted path as the client wrote it.</summary>
    public string Path => BsonPath.Path;

    /// <summary>
    /// Whether the elements of an array at the end of the path are tested too. False if only the array itself is (<c>$size</c>,
    /// <c>$elemMatch</c>).
    /// </summary>
    protected virtual bool ExpandsLeafArray => true;

    /// <summary>
    /// Returns whether keys of an index with a collation can be compared with the condition's own values. Most conditions compare no
    /// strings.
    /// </summary>
    public virtual bool CanUse(Collation? other) => true;

    public override bool Matches(BsonDocument document, MatchDetails? details)
    {
        var visitor = new Visitor { Expression = this, Details = details };
        return BsonPath.Any(document, ref visitor, ExpandsLeafArray);
    }

    public override void CollectFields(FieldSet into) => into.Add(Path);

    private struct Visitor : IPathVisitor
    {
        public PathExpression Expression;
        public MatchDetails? Details;

        public readonly bool Visit(BsonValue? value, int arrayIndex)
        {
            if (!Expression.MatchesElement(value, Details))
                return false;

            if (Details is not null && arrayIndex >= 0)
                Details.ArrayIndex = arrayIndex;

            return true;
        }
    }
}
