using System.Globalization;
using System.Text;
using MongoDB.Bson;

namespace MovieLms.Bench.Imports;

/// <summary>Generates to-dos as CSV rows and as the documents that the Worker stores for them.</summary>
internal static class TodoRows
{
    private static readonly ObjectId Owner = ObjectId.GenerateNewId();
    private static readonly ObjectId Import = ObjectId.GenerateNewId();
    private static readonly string[] Priorities = ["low", "medium", "high"];

    /// <summary>Writes a file of <paramref name="rows"/> rows of about 80 bytes.</summary>
    internal static async Task WriteAsync(string path, int rows)
    {
        await using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false));
        await writer.WriteLineAsync("title,description,dueDate,priority,done");
        for (var i = 1; i <= rows; i++)
        {
            await writer.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"To-do number {i},{Description(i)},{Due(i):yyyy-MM-dd'T'HH:mm:ss'Z'},{Priorities[i % 3]},{(i % 5 == 0 ? "true" : "false")}"
                )
            );
        }
    }

    /// <summary>Returns the document of a row, with the same fields as the Worker stores.</summary>
    internal static BsonDocument Document(int i)
    {
        var now = new BsonDateTime(DateTime.UnixEpoch.AddSeconds(1_700_000_000));
        var priority = Priorities[i % 3];
        return new BsonDocument
        {
            { "_id", ObjectId.GenerateNewId() },
            { "ownerId", Owner },
            { "title", string.Create(CultureInfo.InvariantCulture, $"To-do number {i}") },
            { "description", Description(i) },
            { "dueDate", new BsonDateTime(Due(i)) },
            { "priority", char.ToUpperInvariant(priority[0]) + priority[1..] },
            { "done", i % 5 == 0 },
            { "importId", Import },
            { "importRow", (long)i },
            { "version", 1L },
            { "createdAt", now },
            { "updatedAt", now },
        };
    }

    private static string Description(int i) => string.Create(CultureInfo.InvariantCulture, $"Reel {i % 977} to box {i % 41}");

    private static DateTime Due(int i) => DateTime.UnixEpoch.AddSeconds(1_790_000_000L + (i * 60L));
}
