using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.EndToEnd.Chat;

/// <summary>A student with a place in courses.</summary>
/// <param name="Name">Also the client's name.</param>
/// <param name="Id">The user's id.</param>
/// <param name="Api">Sends their access token.</param>
/// <param name="Token">The access token.</param>
/// <param name="Node">Which of the nodes their client calls.</param>
/// <param name="Rooms">The rooms of their courses.</param>
internal sealed record CampusStudent(string Name, string Id, HttpClient Api, string Token, int Node, IReadOnlyList<string> Rooms);

/// <summary>The students of one test, and what their clients must hold.</summary>
internal sealed class ChatCohort(IReadOnlyList<Uri> nodes, IMongoDatabase database, IReadOnlyList<CampusStudent> students)
{
    internal IReadOnlyList<CampusStudent> Students => students;

    internal IEnumerable<string> Names => students.Select(student => student.Name);

    /// <summary>Lets all students' clients join their rooms.</summary>
    /// <param name="clients">Where they are played.</param>
    /// <param name="node">Where a student's client calls, if not at its node itself.</param>
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

    /// <summary>How many messages are stored.</summary>
    internal async Task<int> CountStoredAsync() => (await StoredAsync()).Values.Sum(messages => messages.Count);

    /// <summary>
    /// Waits until every client holds its rooms as they are stored, each message once and in order, and nobody holds another's.
    /// </summary>
    /// <returns>What the rooms hold.</returns>
    internal async Task<int> AssertCompleteAsync(ChatClients clients, SentLoad load)
    {
        var stored = await StoredAsync();
        Assert.Equal(load.Sent.Keys.Order(), stored.Keys.Order());
        foreach (var (room, ids) in load.Sent)
            Assert.Equal(ids.Order(), stored[room].Select(message => message["clientMessageId"].AsString).Order());
        foreach (var messages in stored.Values)
            Assert.Equal(Enumerable.Range(1, messages.Count), messages.Select(message => message["sequence"].ToInt32()));
        var digests = stored.ToDictionary(pair => pair.Key, pair => Digest(pair.Value));
        foreach (var student in Students)
        {
            HeldState held = null!;
            await Eventually.TrueAsync(
                async () =>
                {
                    held = await clients.HeldAsync(student.Name);
                    return student.Rooms.All(room => held.Rooms[room].Count >= stored[room].Count);
                },
                $"{student.Name} holds {string.Join(", ", student.Rooms.Select(room => $"{stored[room].Count} in {room}"))}",
                90
            );
            Assert.Equal(student.Rooms.Order(), held.Rooms.Keys.Order());
            foreach (var room in student.Rooms)
            {
                var own = held.Rooms[room];
                Assert.Equal((digests[room], 1, stored[room].Count, stored[room].Count), (own.Digest, own.First, own.Last, own.Accepted));
            }
            Assert.Equal(0, held.Foreign);
        }
        return stored.Values.Sum(messages => messages.Count);
    }

    /// <summary>Waits until every client believes its rooms' members to be those who are there.</summary>
    internal async Task AssertPresenceAsync(ChatClients clients, Func<CampusStudent, bool> isThere, double seconds = 40)
    {
        foreach (var student in Students.Where(isThere))
        {
            foreach (var room in student.Rooms)
            {
                var there = Students
                    .Where(other => other.Rooms.Contains(room) && isThere(other))
                    .Select(other => other.Id)
                    .Order()
                    .ToArray();
                await Eventually.TrueAsync(
                    async () => (await clients.HeldAsync(student.Name)).Rooms[room].Members.SequenceEqual(there),
                    $"{student.Name} sees the {there.Length} of {room}",
                    seconds
                );
            }
        }
    }

    /// <summary>The database's messages by room, in order.</summary>
    private async Task<Dictionary<string, List<BsonDocument>>> StoredAsync()
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
