using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>A server under comparison, accessed with the unmodified driver.</summary>
internal sealed class AgreementTarget(IMongoClient client, string database, bool withIndexes)
{
    private static readonly string[] CrashMessages =
    [
        "in recovery mode",
        "accepting connections",
        "crash of another server process",
        "closed the connection",
        "starting up",
        "from stream",
        "to stream",
        "SSL handshake",
    ];

    private const string Collection = "agree";
    private const string OtherCollection = "other";
    private readonly IMongoDatabase _database = client.GetDatabase(database);
    private AgreementCase? _loaded;
    private BsonArray? _loadedOthers;

    /// <summary>Loads the documents of the case, unless they are already loaded, and runs its command.</summary>
    public async Task<Outcome> RunAsync(AgreementCase agreementCase)
    {
        await LoadAsync(agreementCase);
        var kind = agreementCase.Command.GetElement(0).Name;
        var command = new BsonDocument(agreementCase.Command) { [kind] = Collection };
        if (kind == "aggregate")
            command["cursor"] = new BsonDocument("batchSize", 10_000);

        try
        {
            var reply = await _database.RunCommandAsync<BsonDocument>(command);
            return kind switch
            {
                "find" or "aggregate" => Outcome.Of(reply["cursor"]["firstBatch"].AsBsonArray),
                "count" => Outcome.Of([new BsonInt64(reply["n"].ToInt64())]),
                "distinct" => Outcome.Of(reply["values"].AsBsonArray),
                _ => await AfterUpdateAsync(reply),
            };
        }
        catch (MongoCommandException error) when (!IsCrash(error))
        {
            return Outcome.Failure(error.Code, error.ErrorMessage);
        }
        finally
        {
            _loaded = kind == "update" ? null : agreementCase;
        }
    }

    /// <summary>
    /// Returns whether an error means that the server crashed, not that the command failed. The other server restarts after a crash.
    /// </summary>
    public static bool IsCrash(Exception error) =>
        error is MongoConnectionException or TimeoutException
        || (error is MongoException && Array.Exists(CrashMessages, text => error.Message.Contains(text, StringComparison.Ordinal)));

    /// <summary>Waits until a crashed server accepts commands again.</summary>
    public async Task RecoverAsync()
    {
        _loaded = null;
        _loadedOthers = null;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await _database.CreateCollectionAsync($"probe{attempt}");
                return;
            }
            catch (Exception error) when (attempt < 60 && IsCrash(error))
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }
    }

    public Task DropAsync() => client.DropDatabaseAsync(database);

    private async Task LoadAsync(AgreementCase agreementCase)
    {
        if (agreementCase.Command.Contains("pipeline") && !ReferenceEquals(_loadedOthers, agreementCase.Others))
        {
            await ReplaceAsync(OtherCollection, agreementCase.Others);
            _loadedOthers = agreementCase.Others;
        }

        if (
            _loaded is not null
            && ReferenceEquals(_loaded.Documents, agreementCase.Documents)
            && ReferenceEquals(_loaded.Indexes, agreementCase.Indexes)
        )
        {
            return;
        }

        await ReplaceAsync(Collection, agreementCase.Documents);
        if (withIndexes)
        {
            foreach (var keys in agreementCase.Indexes)
            {
                await _database
                    .GetCollection<BsonDocument>(Collection)
                    .Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(keys.AsBsonDocument));
            }
        }
    }

    // Dropping also removes the indexes. Without indexes, deleting is three times as fast on the other server.
    private async Task ReplaceAsync(string name, BsonArray documents)
    {
        if (withIndexes)
            await _database.DropCollectionAsync(name);
        else
            await _database.GetCollection<BsonDocument>(name).DeleteManyAsync(FilterDefinition<BsonDocument>.Empty);

        if (documents.Count > 0)
            await _database.GetCollection<BsonDocument>(name).InsertManyAsync(documents.Select(static document => document.AsBsonDocument));
    }

    // Ignores field order, which UpdateTests cover: the other server adds new fields in the order of the update.
    private async Task<Outcome> AfterUpdateAsync(BsonDocument reply)
    {
        if (reply.TryGetValue("writeErrors", out var errors) && errors.AsBsonArray.Count > 0)
            return Outcome.Failure(errors[0]["code"].ToInt32(), errors[0]["errmsg"].AsString);

        var documents = await _database
            .GetCollection<BsonDocument>(Collection)
            .Find(FilterDefinition<BsonDocument>.Empty)
            .Sort(new BsonDocument("_id", 1))
            .ToListAsync();
        return Outcome.Of(documents.Select(WithoutGeneratedId).Select(Sorted));
    }

    private static BsonDocument WithoutGeneratedId(BsonDocument document) =>
        document["_id"].IsObjectId ? new BsonDocument(document) { ["_id"] = "generated" } : document;

    private static BsonValue Sorted(BsonValue value) =>
        value switch
        {
            BsonDocument document => new BsonDocument(
                document
                    .OrderBy(static element => element.Name, StringComparer.Ordinal)
                    .Select(static element => new BsonElement(element.Name, Sorted(element.Value)))
            ),
            BsonArray array => new BsonArray(array.Select(Sorted)),
            _ => value,
        };
}
