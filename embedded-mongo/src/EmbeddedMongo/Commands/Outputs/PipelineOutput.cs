using EmbeddedMongo.Cursors;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Outputs;

/// <summary>A parsed $out or $merge, the last stage of a pipeline, which writes the result to a collection.</summary>
internal abstract class PipelineOutput
{
    /// <summary>Parses the last stage. Returns null if it is another stage.</summary>
    public static PipelineOutput? Parse(OperationContext operation, BsonArray stages, MatchContext context)
    {
        if (stages.LastOrDefault() is not BsonDocument { ElementCount: 1 } stage)
            return null;

        return stage.GetElement(0).Name switch
        {
            "$out" => ReplaceOutput.Parse(operation.Database, stage[0]),
            "$merge" => MergeOutput.Parse(operation.Database, stage[0], context),
            _ => null,
        };
    }

    /// <summary>Writes the documents in batches. The caller disposes the rows.</summary>
    public abstract void Write(OperationContext operation, RowStream rows);

    /// <summary>Checks the target. The codes are those of $merge, then of $out.</summary>
    protected static (string Database, string Name) RequireTarget(string stage, string database, string name)
    {
        if (database is "admin" or "local" or "config")
            throw MongoErrorException.Location(stage == "$merge" ? 31320 : 31321, $"Cannot {stage} to internal database: {database}");

        if (name.StartsWith("system.", StringComparison.Ordinal))
            throw MongoErrorException.Location(stage == "$merge" ? 31319 : 17385, $"Cannot {stage} to special collection: {name}");

        Namespaces.Check(database, name);
        return (database, name);
    }
}
