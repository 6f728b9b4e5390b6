using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.EndToEnd.Chat;

/// <summary>An enrolled student.</summary>
/// <param name="Name">The user name, which is also the name of the chat client.</param>
/// <param name="Id">The user's ID.</param>
/// <param name="Api">A client of the API that sends the access token.</param>
/// <param name="Token">The access token.</param>
/// <param name="Node">The index of the node to which the chat client connects.</param>
/// <param name="Rooms">The rooms of the student's courses.</param>
internal sealed record CampusStudent(string Name, string Id, HttpClient Api, string Token, int Node, IReadOnlyList<string> Rooms);

/// <summary>The students of one test, and assertions about the messages that their clients must have.</summary>
internal sealed class ChatCohort(IReadOnlyList<Uri> nodes, IMongoDatabase database, IReadOnlyList<CampusStudent> students)
{
    internal IReadOnlyList<CampusStudent> Students => students;

    internal IEnumerable<string> Names => students.Select(student => student.Name);

    /// <summary>Connects the clients of all students and joins their rooms.</summary>
    /// <param name="clients">Runs the clients.</param>
    /// <param name="node">Selects the address for a student's client; null for the address of the student's node.</param>
    internal Task OpenAllAsync(ChatClients clients, Func<CampusStudent, Uri>? node = null) =>
        Task.WhenAll(
            Students
                .Index()
                .Select(pair =>
                    clients.OpenAsync(
                        pair.Item.Name,
                        node?.Invoke(pair.Item) ?? nodes[pair.Item.Node],
                        pair.Item.Token,
                        pair.Item.Rooms,
                        messagePack: pair.Index % 5 == 0
                    )
                )
        );

    /// <summary>Returns the number of stored messages.</summary>
    internal async Task<int> CountStoredAsync() => (await ReadStoredAsync()).Values.Sum(messages => messages.Count);

    /// <summary>
    /// Waits until every client has its rooms as stored, with each message once and in order, and no messages of other rooms.
    /// </summary>
    /// <returns>The number of messages in all rooms.</returns>
    internal async Task<int> AssertCompleteAsync(ChatClients clients, SentLoad load)
    {
        var stored = await ReadStoredAsync();
        Assert.Equal(load.Sent.Keys.Order(), stored.Keys.Order());
        foreach (var (room, ids) in load.Sent)
            Assert.Equal(ids.Order(), stored[room].Select(message => message["clientMessageId"].AsString).Order());
        foreach (var messages in stored.Values)
            Assert.Equal(Enumerable.Range(1, messages.Count), messages.Select(message => message["sequence"].ToInt32()));
        var digests = stored.ToDictionary(pair => pair.Key, pair => Digest(pair.Value));
        foreach (var student in Students)
        {
            ClientState state = null!;
            await Eventually.WaitUntilAsync(
                async () =>
                {
                    state = await clients.GetStateAsync(student.Name);
                    return student.Rooms.All(room => state.Rooms[room].Count >= stored[room].Count);
                },
                $"{student.Name} has {string.Join(", ", student.Rooms.Select(room => $"{stored[room].Count} in {room}"))}",
                90
            );
            Assert.Equal(student.Rooms.Order(), state.Rooms.Keys.Order());
            foreach (var room in student.Rooms)
            {
                var own = state.Rooms[room];
                Assert.Equal((digests[room], 1, stored[room].Count, stored[room].Count), (own.Digest, own.First, own.Last, own.Accepted));
            }
            Assert.Equal(0, state.Foreign);
        }
        return stored.Values.Sum(messages => messages.Count);
    }

    /// <summary>Waits until every client shows exactly the connected members of its rooms as present.</summary>
    internal async Task AssertPresenceAsync(ChatClients clients, Func<CampusStudent, bool> isPresent, double seconds = 40)
    {
        foreach (var student in Students.Where(isPresent))
        {
            foreach (var room in student.Rooms)
            {
                var present = Students
                    .Where(other => other.Rooms.Contains(room) && isPresent(other))
                    .Select(other => other.Id)
                    .Order()
                    .ToArray();
                await Eventually.WaitUntilAsync(
                    async () => (await clients.GetStateAsync(student.Name)).Rooms[room].Members.SequenceEqual(present),
                    $"{student.Name} sees {present.Length} members in {room}",
                    seconds
                );
            }
        }
    }

    /// <summary>Returns the stored messages by room, in order.</summary>
    private async Task<Dictionary<string, List<BsonDocument>>> ReadStoredAsync()
    {
        var names = new BsonDocument("$in", new BsonArray(Students.SelectMany(student => student.Rooms).Distinct()));
        var rooms = (
            await database.GetCollection<BsonDocument>(CollectionNames.Rooms).Find(new BsonDocument("name", names)).ToListAsync()
        ).ToDictionary(room => room["_id"], room => room["name"].AsString);
        var ids = new BsonDocument("$in", new BsonArray(rooms.Keys));
        var messages = await database
            .GetCollection<BsonDocument>(CollectionNames.ChatMessages)
            .Find(new BsonDocument("roomId", ids))
            .ToListAsync();
        return messages
            .GroupBy(message => message["roomId"])
            .ToDictionary(group => rooms[group.Key], group => group.OrderBy(message => message["sequence"]).ToList());
    }

    private static string Digest(IEnumerable<BsonDocument> messages) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Concat(
                        messages.Select(message =>
                            $"{message["sequence"]} {message["userId"]} {message["clientMessageId"]} {message["text"]}\n"
                        )
                    )
                )
            )
        );
}
