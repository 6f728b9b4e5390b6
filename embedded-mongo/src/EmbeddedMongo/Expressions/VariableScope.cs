using System.Diagnostics.CodeAnalysis;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>
/// The variables visible while an expression is parsed. Every declared variable gets a slot of its own in the
/// command's <see cref="EvaluationContext"/>, so inner scopes never overwrite outer ones.
/// </summary>
internal sealed class VariableScope
{
    private readonly VariableScope? _parent;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    private VariableScope(EvaluationContext context, VariableScope? parent)
    {
        Context = context;
        _parent = parent;
    }

    /// <summary>What the expressions parsed in this scope are evaluated with.</summary>
    public EvaluationContext Context { get; }

    /// <summary>A scope with only the system variables.</summary>
    public static VariableScope CreateRoot(EvaluationContext context) => new(context, null);

    /// <summary>A scope whose declarations end with it.</summary>
    public VariableScope CreateChild() => new(Context, this);

    /// <summary>
    /// Declares a variable of a user's choosing and returns its slot. Names begin with a lower-case letter or a
    /// non-ASCII character; CURRENT may be rebound (error 16867 otherwise).
    /// </summary>
    public int Declare(string name)
    {
        VariableNames.RequireWritable(name);
        var slot = Context.AllocateSlot();
        _names[name] = slot;
        return slot;
    }

    /// <summary>Declares the constants of a command's <c>let</c> option. Values are expressions without a document.</summary>
    public void DefineConstants(BsonDocument let)
    {
        var values = new List<(string Name, BsonValue? Value)>();
        foreach (var element in let)
            values.Add((element.Name, ExpressionParser.Parse(element.Value, this).Evaluate(Context)));
        foreach (var (name, value) in values)
            Context[Declare(name)] = value;
    }

    internal bool TryResolve(string name, [NotNullWhen(true)] out int? slot)
    {
        for (var scope = this; scope is not null; scope = scope._parent)
        {
            if (scope._names.TryGetValue(name, out var found))
            {
                slot = found;
                return true;
            }
        }
        slot = name switch
        {
            "ROOT" => EvaluationContext.RootSlot,
            "CURRENT" => EvaluationContext.CurrentSlot,
            _ => null,
        };
        return slot is not null;
    }

    internal int Resolve(string name)
    {
        if (!TryResolve(name, out var slot))
            throw MongoErrorException.Location(17276, $"Use of undefined variable: {name}");
        Context.MarkRead(slot.Value);
        return slot.Value;
    }
}
