using EmbeddedMongo.Bson;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary><c>$expr</c>: matches documents for which an aggregation expression is true.</summary>
internal sealed class ExprExpression(Expression expression, EvaluationContext context) : MatchExpression
{
    public Expression Expression { get; } = expression;

    public override bool Matches(BsonDocument document, MatchDetails? details)
    {
        context.Bind(document);
        return Truthiness.IsTrue(Expression.Evaluate(context));
    }

    // The parser allows $expr only at the top level of a filter.
    public override bool MatchesElement(BsonValue? value, MatchDetails? details) =>
        value is BsonDocument document && Matches(document, details);

    public override void CollectFields(FieldSet into) => Expression.CollectFields(into);
}
