using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Conformance;

/// <summary>
/// Runs one test of the unified test format with the unmodified driver: creates its entities and data, runs its operations, and compares
/// results, errors and the documents afterwards. It does not compare the commands that the driver sends.
/// </summary>
internal sealed class UnifiedTestRunner : IDisposable
{
    private readonly string _connectionString;
    private readonly IMongoClient _admin;
    private readonly List<MongoClient> _clients = [];
    private readonly Dictionary<string, IMongoClient> _clientsById = [];
    private readonly Dictionary<string, IMongoDatabase> _databases = [];
    private readonly Dictionary<string, IMongoCollection<BsonDocument>> _collections = [];
    private readonly Dictionary<string, BsonValue> _values = [];
    private readonly ResultMatcher _matcher;

    public UnifiedTestRunner(string connectionString, IMongoClient admin)
    {
        _connectionString = connectionString;
        _admin = admin;
        _matcher = new ResultMatcher(_values);
    }

    public void Dispose() => _clients.ForEach(static client => client.Dispose());

    /// <summary>Runs a test, and returns the first difference from its expectations, or null.</summary>
    /// <exception cref="SkippedTestException">The test uses something that the runner or the driver does not have.</exception>
    public async Task<string?> RunAsync(BsonDocument file, BsonDocument test)
    {
        foreach (var data in Documents(file, "initialData"))
            await LoadAsync(data);

        foreach (var entity in Documents(file, "createEntities"))
            CreateEntity(entity.GetElement(0).Name, entity[0].AsBsonDocument);

        foreach (var operation in Documents(test, "operations"))
        {
            if (await RunOperationAsync(operation) is { } difference)
                return $"{operation["name"]}: {difference}";
        }

        foreach (var outcome in Documents(test, "outcome"))
        {
            var documents = await Collection(outcome).Find("{}").Sort("{_id: 1}").ToListAsync();
            if (!outcome["documents"].Equals(new BsonArray(documents)))
                return $"the outcome is {new BsonArray(documents)} instead of {outcome["documents"]}";
        }

        return null;
    }

    private async Task LoadAsync(BsonDocument data)
    {
        var collection = Collection(data);
        await collection.Database.DropCollectionAsync(collection.CollectionNamespace.CollectionName);
        var documents = Documents(data, "documents").ToArray();
        if (documents.Length > 0)
            await collection.InsertManyAsync(documents);
        else
            await collection.Database.CreateCollectionAsync(collection.CollectionNamespace.CollectionName);
    }

    private IMongoCollection<BsonDocument> Collection(BsonDocument owner) =>
        _admin.GetDatabase(owner["databaseName"].AsString).GetCollection<BsonDocument>(owner["collectionName"].AsString);

    private void CreateEntity(string kind, BsonDocument entity)
    {
        var id = entity["id"].AsString;
        switch (kind)
        {
            case "client":
                _clientsById.Add(id, CreateClient(entity));
                break;
            case "database":
                var database = _clientsById[entity["client"].AsString].GetDatabase(entity["databaseName"].AsString);
                if (GetWriteConcern(entity, "databaseOptions") is { } databaseConcern)
                    database = database.WithWriteConcern(databaseConcern);

                _databases.Add(id, database);
                break;
            case "collection":
                var collection = _databases[entity["database"].AsString].GetCollection<BsonDocument>(entity["collectionName"].AsString);
                if (GetWriteConcern(entity, "collectionOptions") is { } collectionConcern)
                    collection = collection.WithWriteConcern(collectionConcern);

                _collections.Add(id, collection);
                break;
            default:
                throw new SkippedTestException($"entities of kind {kind}");
        }
    }

    private MongoClient CreateClient(BsonDocument entity)
    {
        var settings = MongoClientSettings.FromConnectionString(_connectionString);
        foreach (var option in entity.GetValue("uriOptions", new BsonDocument()).AsBsonDocument)
        {
            switch (option.Name)
            {
                case "retryWrites":
                    settings.RetryWrites = option.Value.AsBoolean;
                    break;
                case "retryReads":
                    settings.RetryReads = option.Value.AsBoolean;
                    break;
                case "w":
                    settings.WriteConcern = new WriteConcern(option.Value.AsInt32);
                    break;
                default:
                    throw new SkippedTestException($"the connection option {option.Name}");
            }
        }

        if (entity.TryGetValue("serverApi", out var api))
        {
            settings.ServerApi = new ServerApi(
                ServerApiVersion.V1,
                api.AsBsonDocument.TryGetValue("strict", out var strict) ? strict.AsBoolean : null,
                api.AsBsonDocument.TryGetValue("deprecationErrors", out var errors) ? errors.AsBoolean : null
            );
        }

        var client = new MongoClient(settings);
        _clients.Add(client);
        return client;
    }

    private static WriteConcern? GetWriteConcern(BsonDocument entity, string options) =>
        entity.TryGetValue(options, out var value) && value.AsBsonDocument.TryGetValue("writeConcern", out var concern)
            ? WriteConcern.FromBsonDocument(concern.AsBsonDocument)
            : null;

    private async Task<string?> RunOperationAsync(BsonDocument operation)
    {
        var name = operation["name"].AsString;
        BsonValue? result;
        try
        {
            result = await RunOnTargetAsync(operation, name, operation.GetValue("arguments", new BsonDocument()).AsBsonDocument);
        }
        catch (Exception error) when (error is not SkippedTestException)
        {
            return operation.TryGetValue("expectError", out var expected)
                    ? ErrorMatcher.FindDifference(expected.AsBsonDocument, error, _matcher)
                : operation.GetValue("ignoreResultAndError", false).AsBoolean ? null
                : $"{error.GetType().Name}: {error.Message}";
        }

        if (operation.Contains("expectError"))
            return $"succeeds instead of {operation["expectError"]}";

        if (operation.TryGetValue("saveResultAsEntity", out var id))
            _values[id.AsString] = result ?? BsonNull.Value;

        return operation.TryGetValue("expectResult", out var expectedResult) ? _matcher.FindDifference(expectedResult, result) : null;
    }

    private Task<BsonValue?> RunOnTargetAsync(BsonDocument operation, string name, BsonDocument arguments)
    {
        if (arguments.Contains("session"))
            throw new SkippedTestException("sessions");

        var target = operation["object"].AsString;
        return _collections.TryGetValue(target, out var collection)
                ? CollectionOperations.RunAsync(collection, name, new OperationArguments(arguments))
            : _databases.TryGetValue(target, out var database) ? DatabaseOperations.RunAsync(database, name, arguments)
            : name is "assertCollectionExists" or "assertCollectionNotExists" ? AssertCollectionAsync(name, arguments)
            : throw new SkippedTestException($"the operation {name}");
    }

    private async Task<BsonValue?> AssertCollectionAsync(string name, BsonDocument arguments)
    {
        var names = await (await _admin.GetDatabase(arguments["databaseName"].AsString).ListCollectionNamesAsync()).ToListAsync();
        return names.Contains(arguments["collectionName"].AsString) == (name == "assertCollectionExists")
            ? null
            : throw new InvalidOperationException($"{name} failed");
    }

    private static IEnumerable<BsonDocument> Documents(BsonDocument owner, string name) =>
        owner.GetValue(name, new BsonArray()).AsBsonArray.Select(static item => item.AsBsonDocument);
}
