using MongoDB.Bson;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>Checks the query plans of the commands that a store sends.</summary>
internal static class QueryPlans
{
    /// <summary>
    /// Asserts that a command uses the index and examines at most <paramref name="maxDocs"/> documents.
    /// </summary>
    /// <param name="data">The database.</param>
    /// <param name="send">Sends the command.</param>
    /// <param name="index">The name of the index.</param>
    /// <param name="maxDocs">Maximum number of examined documents.</param>
    /// <param name="isOrdered">True when the index must also provide the sort order.</param>
    /// <param name="command">Zero-based position of the command among those that <paramref name="send"/> sends.</param>
    internal static async Task AssertServedAsync(
        DataFixture data,
        Func<Task> send,
        string index,
        int maxDocs,
        bool isOrdered = false,
        int command = 0
    )
    {
        Assert.SkipWhen(BackingServices.IsExternalMongo, "An external server may not support explain; the embedded server does.");
        var sent = (await data.CaptureCommandsAsync(send))[command];
        var explained = await data.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "explain", sent }, { "verbosity", "executionStats" } }
        );
        var plan = explained.ToJson();
        Assert.DoesNotContain("\"COLLSCAN\"", plan, StringComparison.Ordinal);
        Assert.True(
            plan.Contains($"\"indexName\" : \"{index}\"", StringComparison.Ordinal)
                || (index == "_id_" && plan.Contains("IDHACK", StringComparison.Ordinal)),
            plan
        );
        if (isOrdered)
            Assert.DoesNotContain("\"stage\" : \"SORT\"", plan, StringComparison.Ordinal);
        Assert.InRange(Find(explained, "totalDocsExamined").Min(), 0, maxDocs);
    }

    /// <summary>Returns the numbers with a name at any depth of the plan.</summary>
    private static IEnumerable<long> Find(BsonValue value, string name) =>
        value switch
        {
            BsonDocument document => document.SelectMany(element =>
                element.Name == name && element.Value.IsNumeric ? [element.Value.ToInt64()] : Find(element.Value, name)
            ),
            BsonArray array => array.SelectMany(item => Find(item, name)),
            _ => [],
        };
}
