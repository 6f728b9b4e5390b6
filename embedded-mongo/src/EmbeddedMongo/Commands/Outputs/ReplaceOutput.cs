using EmbeddedMongo.Bson;
using EmbeddedMongo.Commands.Writes;
using EmbeddedMongo.Cursors;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Outputs;

/// <summary>
/// $out: fills a temporary collection that has the indexes of the target, then replaces it. After an error, the target is unchanged.
/// </summary>
internal sealed class ReplaceOutput((string Database, string Name) target) : PipelineOutput
{
    private const long CommitBytes = 8 * 1024 * 1024;

    /// <summary>Parses a collection name or <c>{db, coll}</c>.</summary>
    public static ReplaceOutput Parse(string database, BsonValue spec) =>
        spec switch
        {
            BsonString name => new ReplaceOutput(RequireTarget("$out", database, name.Value)),
            BsonDocument document => Parse(document),
            _ => throw MongoErrorException.Location(
                16990,
                $"$out only supports a string or object argument, but found {TypeNames.Of(spec)}"
            ),
        };

    public override void Write(OperationContext operation, RowStream rows)
    {
        var catalog = operation.Server.Catalog;
        var before = catalog.Find(target.Database, target.Name)?.State;
        if (before?.Capped is not null)
        {
            throw MongoErrorException.Location(
                17152,
                $"namespace '{target.Database}.{target.Name}' is capped so it can't be used for $out"
            );
        }

        var temporary = catalog.CreateTemporary(target.Database, before);
        try
        {
            Fill(operation, temporary, rows);
            catalog.Rename(temporary, target.Database, target.Name, dropTarget: true, found => RequireUnchanged(before, found?.State));
        }
        catch
        {
            catalog.Drop(temporary);
            throw;
        }
    }

    private static void Fill(OperationContext operation, Collection temporary, RowStream rows)
    {
        using var prepared = new PooledBuffer();
        var found = rows.MoveNext();
        while (found)
        {
            lock (temporary.WriteLock)
            {
                if (temporary.State.Dropped)
                    throw MongoErrorException.NamespaceNotFound(temporary.Namespace);

                using var unit = new WriteUnit(temporary);
                for (; found && unit.PendingBytes < CommitBytes; found = rows.MoveNext())
                {
                    operation.CheckInterrupted();
                    DocumentPreparation.Prepare(rows.Current, prepared);
                    unit.Insert(prepared.WrittenSpan);
                }

                unit.Commit();
            }
        }
    }

    private static void RequireUnchanged(CollectionState? before, CollectionState? after)
    {
        if (!Describe(after).SequenceEqual(Describe(before)))
        {
            throw new MongoErrorException(
                125,
                "CommandFailed",
                "The indexes or options of the target collection changed while $out was running. Run the pipeline again."
            );
        }
    }

    private static IEnumerable<BsonDocument> Describe(CollectionState? state) =>
        state is null ? [] : state.Indexes.Select(index => index.Definition).Prepend(state.Options);

    private static ReplaceOutput Parse(BsonDocument spec)
    {
        var options = new CommandArguments("$out", spec);
        if (options.Get("timeseries") is not null)
            throw MongoErrorException.CommandNotSupported("time-series collections are not supported by the embedded server");

        foreach (var option in spec.Names)
        {
            if (option is not ("db" or "coll" or "timeseries"))
                throw MongoErrorException.UnknownField("$out", option);
        }

        var database = options.GetString("db") ?? throw options.Missing("db");
        return new ReplaceOutput(RequireTarget("$out", database, options.GetString("coll") ?? throw options.Missing("coll")));
    }
}
