using MongoDB.Bson;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>Has the server explain the very command that a store sends.</summary>
internal static class QueryPlans
{
    /// <summary>
    /// Asserts that a command is served by the index, in its order if asked, and examines about as many documents as it gives.
    /// </summary>
    /// <param name="data">The database.</param>
    /// <param name="send">Sends it.</param>
    /// <param name="index">The index' name.</param>
    /// <param name="most">Most documents that may be examined.</param>
    /// <param name="isOrdered">True when the index must give the order too.</param>
    /// <param name="command">Which of the commands sent, from 0.</param>
    internal static async Task AssertServedAsync(
        DataFixture data,
        Func<Task> send,
        string index,
        int most,
        bool isOrdered = false,
        int command = 0
    )
    {
        Assert.SkipWhen(BackingServices.IsExternalMongo, "The server named from outside may not explain; the embedded one does.");
        var sent = (await data.SentByAsync(send))[command];
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
        Assert.InRange(Find(explained, "totalDocsExamined").Min(), 0, most);
    }

    /// <summary>Every number of that name, wherever the plan has it.</summary>
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
