using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Compatibility;

/// <summary>The answer of a server to the use of a feature.</summary>
internal enum Support
{
    /// <summary>The use succeeds.</summary>
    Supported,

    /// <summary>The error says that the server does not support the feature.</summary>
    Refused,

    /// <summary>The error is the one of a misspelled name.</summary>
    Unknown,

    /// <summary>The server rejects a valid use with an error that says neither.</summary>
    Failed,
}

/// <summary>A feature with the answer of a server.</summary>
internal sealed record ProbedFeature(Feature Feature, Support Support, int Code, string Message);

/// <summary>Uses features on a server and classifies its answers.</summary>
internal sealed class FeatureProbe(IMongoClient client)
{
    private const string DefaultDatabase = "compatibility";

    // {_id, numbers, an array, a date, a string, a document, a timestamp, a point}, so that each operator has an operand.
    private const string Document = """
        {_id: 1, a: 5, b: [1, 2], d: {$date: "2024-02-29T23:45:12.345Z"}, s: "text", o: {x: 1}, t: {$timestamp: {t: 1700000000, i: 1}},
         p: [0, 0]}
        """;

    /// <summary>Runs the commands of a feature on a new collection "c" with one document.</summary>
    public async Task<ProbedFeature> ProbeAsync(Feature feature)
    {
        await client.DropDatabaseAsync(DefaultDatabase);
        await client.GetDatabase(DefaultDatabase).GetCollection<BsonDocument>("c").InsertOneAsync(BsonDocument.Parse(Document));
        foreach (var command in feature.Commands)
        {
            if (await RunAsync(command) is var (code, message) && code != 0 && code != feature.ExpectedError)
                return new ProbedFeature(feature, Classify(code, message), code, message);
        }

        return new ProbedFeature(feature, Support.Supported, 0, "");
    }

    private async Task<(int Code, string Message)> RunAsync(BsonDocument command)
    {
        var database = command.GetValue("$db", DefaultDatabase).AsString;
        command = new BsonDocument(command.Where(element => element.Name != "$db"));
        try
        {
            var reply = await client.GetDatabase(database).RunCommandAsync<BsonDocument>(command);
            return reply.TryGetValue("writeErrors", out var errors) ? (errors[0]["code"].ToInt32(), errors[0]["errmsg"].AsString) : (0, "");
        }
        catch (MongoCommandException error)
        {
            return (error.Code, error.ErrorMessage);
        }
    }

    private static Support Classify(int code, string message) =>
        (code, message) switch
        {
            (59 or 168 or 40324 or 15952 or 40415 or 17276, _) => Support.Unknown,
            (2 or 9, _)
                when message.StartsWith("unknown", StringComparison.OrdinalIgnoreCase)
                    || message.StartsWith("Unrecognized", StringComparison.Ordinal) => Support.Unknown,
            // 20: transactions; 76, 123, 51144: replica sets; 40573: change streams; 31082: Atlas Search.
            (20 or 76 or 115 or 123 or 238 or 31082 or 40573 or 51144, _) => Support.Refused,
            _ when message.Contains("not supported", StringComparison.Ordinal)
                    || message.Contains("not implemented", StringComparison.Ordinal) => Support.Refused,
            _ => Support.Failed,
        };
}
