using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Update.Operators;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>One operator at one path. The path of a rename is its destination.</summary>
internal readonly record struct UpdateStatement(UpdatePath Path, UpdateOperator? Operator, RenameOperation? Rename)
{
    public UpdateStatement(UpdatePath path, UpdateOperator operation)
        : this(path, operation, null) { }

    public UpdateStatement(UpdatePath path, RenameOperation rename)
        : this(path, null, rename) { }
}

/// <summary>An update with operators.</summary>
internal sealed class OperatorProgram(IReadOnlyList<UpdateStatement> statements, ArrayFilters filters, TimeProvider clock) : UpdateProgram
{
    private readonly bool _isDynamic = statements.Any(static statement => statement.Path.IsDynamic);
    private readonly bool _needsPosition = statements.Any(static statement => Array.Exists(statement.Path.Parts, UpdatePath.IsPositional));

    protected override BsonDocument Transform(BsonDocument document, bool isInsert, MatchExpression query)
    {
        var concrete = _isDynamic ? Expand(document, isInsert, query) : statements;
        var result = document;
        foreach (var (path, operation, rename) in concrete)
        {
            var context = new UpdateContext(document, path.Path, isInsert, clock);
            if (rename is not null)
                result = rename.Apply(result, context);
            else if (isInsert || operation is not SetOnInsertOperator)
                result = PathWriter.Apply(result, path, operation!, context);
        }

        if (!ReferenceEquals(result, document) && result.ElementCount > 0)
            DollarFields.RequireValid(result, document);

        return result;
    }

    private List<UpdateStatement> Expand(BsonDocument document, bool isInsert, MatchExpression query)
    {
        var details = new MatchDetails();
        if (_needsPosition && !isInsert)
            query.Matches(document, details);

        var expansion = new PathExpansion(filters);
        var result = new List<UpdateStatement>();
        var paths = new List<UpdatePath>();
        foreach (var statement in statements)
        {
            paths.Clear();
            expansion.Expand(statement.Path, document, details.ArrayIndex, paths);
            foreach (var path in paths)
                result.Add(statement with { Path = path });
        }

        result.Sort(static (a, b) => UpdatePathOrder.Instance.Compare(a.Path, b.Path));
        UpdateConflicts.ThrowIfAny(result.ConvertAll(static statement => statement.Path));
        return result;
    }
}
