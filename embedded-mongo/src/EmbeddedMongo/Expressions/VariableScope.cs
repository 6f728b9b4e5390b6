using System.Diagnostics.CodeAnalysis;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>
/// The variables visible while an expression is parsed. Every declared variable gets its own slot in the
/// command's <see cref="EvaluationContext"/>, so inner scopes never overwrite outer ones.
/// </summary>
internal sealed class VariableScope
{
    private readonly VariableScope? _parent;
    private Dictionary<string, int>? _names;

    private VariableScope(EvaluationContext context, VariableScope? parent)
    {
        Context = context;
        _parent = parent;
    }

    /// <summary>The context in which expressions parsed in this scope are evaluated.</summary>
    public EvaluationContext Context { get; }

    /// <summary>Creates a scope with only the system variables.</summary>
    public static VariableScope CreateRoot(EvaluationContext context) => new(context, null);

    /// <summary>Creates a nested scope. Its declarations are not visible outside it.</summary>
    public VariableScope CreateChild() => new(Context, this);

    /// <summary>
    /// Declares a user variable and returns its slot. Its name must start with a lowercase letter or a non-ASCII
    /// character, or be CURRENT; other names fail with FailedToParse.
    /// </summary>
    public int Declare(string name)
    {
        VariableNames.RequireWritable(name);
        var slot = Context.AllocateSlot();
        (_names ??= new(StringComparer.Ordinal))[name] = slot;
        return slot;
    }

    /// <summary>Declares a constant with the name of a system variable, such as $$KEEP.</summary>
    public void DefineSystem(string name, BsonValue value)
    {
        var slot = Context.AllocateSlot();
        (_names ??= new(StringComparer.Ordinal))[name] = slot;
        Context[slot] = value;
    }

    /// <summary>Declares the constants of a command's <c>let</c> option. Their values are expressions that read no document.</summary>
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
            if (scope._names is { } names && names.TryGetValue(name, out var found))
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
