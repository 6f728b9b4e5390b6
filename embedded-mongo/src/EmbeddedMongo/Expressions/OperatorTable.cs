using System.Collections.Frozen;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>Parses an operator's argument into an expression.</summary>
internal delegate Expression OperatorParser(string name, BsonValue argument, VariableScope scope);

/// <summary>The expression operators by name. Each family of operators adds its entries.</summary>
internal sealed class OperatorTable
{
    private readonly Dictionary<string, OperatorParser> _parsers = new(StringComparer.Ordinal);

    public void Custom(string name, OperatorParser parser) => _parsers.Add(name, parser);

    /// <summary>Adds an operator with exactly one operand.</summary>
    public void Unary(string name, Func<BsonValue?, BsonValue?> apply) =>
        Custom(name, (op, argument, scope) => new UnaryExpression(Arguments.Exactly(op, argument, scope, 1)[0], apply));

    /// <summary>Adds an operator with exactly two operands.</summary>
    public void Binary(string name, Func<BsonValue?, BsonValue?, BsonValue?> apply) =>
        Custom(
            name,
            (op, argument, scope) =>
            {
                var operands = Arguments.Exactly(op, argument, scope, 2);
                return new BinaryExpression(op, operands[0], operands[1], apply);
            }
        );

    /// <summary>Adds an operator with exactly two operands that compares values by the collation of the command.</summary>
    public void Collated(string name, Func<Collation?, Func<BsonValue?, BsonValue?, BsonValue?>> create) =>
        Custom(
            name,
            (op, argument, scope) =>
            {
                var operands = Arguments.Exactly(op, argument, scope, 2);
                return new BinaryExpression(op, operands[0], operands[1], create(scope.Context.Collation));
            }
        );

    /// <summary>Adds an operator with <paramref name="min"/> to <paramref name="max"/> operands.</summary>
    public void Variadic(string name, Func<BsonValue?[], BsonValue?> apply, int min = 0, int max = int.MaxValue) =>
        Custom(
            name,
            (op, argument, scope) =>
                new VariadicExpression(
                    min == 0 && max == int.MaxValue ? Arguments.List(argument, scope) : Arguments.Between(op, argument, scope, min, max),
                    apply
                )
        );

    /// <summary>Adds an operator with any number of operands that is null if one of them is; the others are then not evaluated.</summary>
    public void UntilNull(string name, Func<BsonValue?[], BsonValue?> apply) =>
        Custom(name, (_, argument, scope) => new VariadicExpression(Arguments.List(argument, scope), apply, stopAtNull: true));

    /// <summary>Adds an operator with a document of named operands. The values of absent ones are null.</summary>
    public void Named(string name, NamedArguments arguments, Func<BsonValue?[], BsonValue?> apply) =>
        Custom(name, (_, argument, scope) => new VariadicExpression(arguments.Parse(argument, scope), apply));

    public FrozenDictionary<string, OperatorParser> Freeze() => _parsers.ToFrozenDictionary(StringComparer.Ordinal);
}
