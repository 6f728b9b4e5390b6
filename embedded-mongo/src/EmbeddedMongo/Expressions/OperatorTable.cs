using System.Collections.Frozen;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>Turns an operator's argument into an expression.</summary>
internal delegate Expression OperatorParser(string name, BsonValue argument, VariableScope scope);

/// <summary>The expression operators by name. Each family of operators adds its own.</summary>
internal sealed class OperatorTable
{
    private readonly Dictionary<string, OperatorParser> _parsers = new(StringComparer.Ordinal);

    public void Custom(string name, OperatorParser parser) => _parsers.Add(name, parser);

    /// <summary>An operator of exactly one operand.</summary>
    public void Unary(string name, Func<BsonValue?, BsonValue?> apply) =>
        Custom(name, (op, argument, scope) => new UnaryExpression(Arguments.Exactly(op, argument, scope, 1)[0], apply));

    /// <summary>An operator of exactly two operands.</summary>
    public void Binary(string name, Func<BsonValue?, BsonValue?, BsonValue?> apply) =>
        Custom(
            name,
            (op, argument, scope) =>
            {
                var operands = Arguments.Exactly(op, argument, scope, 2);
                return new BinaryExpression(op, operands[0], operands[1], apply);
            }
        );

    /// <summary>An operator of any number of operands within bounds.</summary>
    public void Variadic(string name, Func<BsonValue?[], BsonValue?> apply, int least = 0, int most = int.MaxValue) =>
        Custom(
            name,
            (op, argument, scope) =>
                new VariadicExpression(
                    least == 0 && most == int.MaxValue
                        ? Arguments.List(argument, scope)
                        : Arguments.Between(op, argument, scope, least, most),
                    apply
                )
        );

    /// <summary>An operator of any number of operands that is null as soon as one of them is; the rest is not evaluated.</summary>
    public void UntilNull(string name, Func<BsonValue?[], BsonValue?> apply) =>
        Custom(name, (_, argument, scope) => new VariadicExpression(Arguments.List(argument, scope), apply, nullStops: true));

    /// <summary>An operator that takes one document of named operands; an absent one is null in the values.</summary>
    public void Named(string name, NamedArguments arguments, Func<BsonValue?[], BsonValue?> apply) =>
        Custom(name, (_, argument, scope) => new VariadicExpression(arguments.Parse(argument, scope), apply));

    public FrozenDictionary<string, OperatorParser> Freeze() => _parsers.ToFrozenDictionary(StringComparer.Ordinal);
}
