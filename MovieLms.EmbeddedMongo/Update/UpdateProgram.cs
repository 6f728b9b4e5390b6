using MongoDB.Bson;
using MovieLms.EmbeddedMongo.Errors;
using MovieLms.EmbeddedMongo.Query;
using MovieLms.EmbeddedMongo.Values;

namespace MovieLms.EmbeddedMongo.Update;

/// <summary>What an update made of a document.</summary>
/// <param name="Document">The new version; the given one when nothing changed.</param>
/// <param name="Modified">Whether the document differs from before, byte for byte.</param>
internal readonly record struct UpdateResult(BsonDocument Document, bool Modified);

/// <summary>A parsed update, to be applied to any number of documents.</summary>
internal abstract class UpdateProgram
{
    /// <summary>Whether the update puts another document in place, which cannot be done to many at once.</summary>
    public virtual bool IsReplacement => false;

    /// <summary>Applies the update to a stored document, which is left as it is.</summary>
    /// <param name="document">The whole document.</param>
    /// <param name="query">The filter it was found by; tells what the positional <c>$</c> stands for.</param>
    /// <exception cref="MongoErrorException">66 when the _id would change, 28, 14, 2, … of the operators.</exception>
    public UpdateResult Apply(BsonDocument document, MatchExpression query)
    {
        var updated = Transform(document, isInsert: false, query);
        if (ReferenceEquals(updated, document) || BsonIdentity.Same(updated, document))
        {
            return new UpdateResult(document, false);
        }

        if (document.TryGetValue("_id", out var id) && !BsonOrder.Equals(id, updated.GetValue("_id", null)))
        {
            throw IdChanged(updated);
        }

        return new UpdateResult(updated, true);
    }

    /// <summary>The document that an upsert inserts: the filter's equalities, the update applied, an _id in front.</summary>
    /// <exception cref="MongoErrorException">54 when the filter's equalities contradict, and as <see cref="Apply"/>.</exception>
    public BsonDocument Upsert(MatchExpression query)
    {
        var seed = UpsertSeed.From(query, idOnly: IsReplacement);
        var inserted = Transform(seed, isInsert: true, query);
        if (seed.TryGetValue("_id", out var id) && !BsonOrder.Equals(id, inserted.GetValue("_id", null)))
        {
            throw IdChanged(inserted);
        }

        return WithIdInFront(inserted);
    }

    protected abstract BsonDocument Transform(BsonDocument document, bool isInsert, MatchExpression query);

    protected virtual MongoErrorException IdChanged(BsonDocument updated) =>
        MongoErrorException.ImmutableField("Performing an update on the path '_id' would modify the immutable field '_id'");

    private static BsonDocument WithIdInFront(BsonDocument document)
    {
        if (document.ElementCount > 0 && document.GetElement(0).Name == "_id")
        {
            return document;
        }

        var result = new BsonDocument("_id", document.GetValue("_id", null) ?? ObjectId.GenerateNewId());
        foreach (var element in document)
        {
            if (element.Name != "_id")
            {
                result.Add(element);
            }
        }

        return result;
    }
}
<<<<<<< HEAD

/// <summary>One operator at one path; a rename stands at its destination.</summary>
internal readonly record struct UpdateStatement(UpdatePath Path, UpdateOperator? Operator, RenameOperation? Rename)
{
    public UpdateStatement(UpdatePath path, UpdateOperator operation)
        : this(path, operation, null)
    {
    }

    public UpdateStatement(UpdatePath path, RenameOperation rename)
        : this(path, null, rename)
    {
    }
}

/// <summary>An update of operators.</summary>
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
            {
                result = rename.Apply(result, context);
            }
            else if (isInsert || operation is not SetOnInsertOperator)
            {
                result = PathWriter.Apply(result, path, operation!, context);
            }
        }

        return result;
    }

    private List<UpdateStatement> Expand(BsonDocument document, bool isInsert, MatchExpression query)
    {
        var details = new MatchDetails();
        if (_needsPosition && !isInsert)
        {
            query.Matches(document, details);
        }

        var expansion = new PathExpansion(filters);
        var result = new List<UpdateStatement>();
        var paths = new List<UpdatePath>();
        foreach (var statement in statements)
        {
            paths.Clear();
            expansion.Expand(statement.Path, document, details.ArrayIndex, paths);
            foreach (var path in paths)
            {
                result.Add(statement with { Path = path });
            }
        }

        result.Sort(static (a, b) => UpdatePathOrder.Instance.Compare(a.Path, b.Path));
        UpdateConflicts.Require(result.ConvertAll(static statement => statement.Path));
        return result;
    }
}

/// <summary>Another document in place of the old one; the _id stays.</summary>
internal sealed class ReplacementProgram(BsonDocument replacement) : UpdateProgram
{
    public override bool IsReplacement => true;

    public static ReplacementProgram Parse(BsonDocument replacement)
    {
        foreach (var element in replacement)
        {
            if (element.Name.StartsWith('$'))
            {
                throw new MongoErrorException(
                    MongoErrorCodes.DollarPrefixedFieldName,
                    $"The dollar ($) prefixed field '{element.Name}' in '{element.Name}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.");
            }
        }

        return new ReplacementProgram(replacement);
    }

    protected override BsonDocument Transform(BsonDocument document, bool isInsert, MatchExpression query)
    {
        var id = replacement.GetValue("_id", null) ?? document.GetValue("_id", null);
        if (id is null)
        {
            return replacement;
        }

        var result = new BsonDocument("_id", id);
        foreach (var element in replacement)
        {
            if (element.Name != "_id")
            {
                result.Add(element);
            }
        }

        return result;
    }

    protected override MongoErrorException IdChanged(BsonDocument updated) =>
        MongoErrorException.ImmutableField(
            $"After applying the update, the (immutable) field '_id' was found to have been altered to {new BsonDocument("_id", updated["_id"]).ToJson()}");
}
=======
>>>>>>> 91e62ea (Update by pipelines, and pass the smoke suites of PyMongo and Mongoose unmodified)
