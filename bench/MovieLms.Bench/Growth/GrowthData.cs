using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Application.Live;
using MovieLms.Bench.Api;
using MovieLms.Data.Chat;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;
using MovieLms.Data.Todos;

namespace MovieLms.Bench.Growth;

/// <summary>
/// Adds documents to the collections of a running server. Writes them to the database in the form in which the services store them, because
/// a million requests would take longer than the measurement.
/// </summary>
internal sealed class GrowthData
{
    /// <summary>The time at which the documents were created.</summary>
    internal static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch.AddYears(56);

    private const int Batch = 5_000;
    private readonly IMongoDatabase _database;
    private readonly ObjectId _user;
    private readonly ObjectId _course;
    private int _todos;
    private int _messages;
    private int _enrollments;

    private GrowthData(IMongoDatabase database, ObjectId user, ObjectId course) => (_database, _user, _course) = (database, user, course);

    /// <summary>The course that <see cref="AddEnrollmentsAsync"/> fills.</summary>
    internal string CourseId => _course.ToString();

    internal static async Task<GrowthData> CreateAsync(ApiBuild build)
    {
        MongoSerialization.Register();
        var me = await build.Client.GetFromJsonAsync<JsonElement>("/api/auth/me");
        using var created = await build.Client.PostAsJsonAsync("/api/courses", new { title = "Large course", status = "published" });
        created.EnsureSuccessStatusCode();
        var course = await created.Content.ReadFromJsonAsync<JsonElement>();
        return new GrowthData(build.Database, Id(me), Id(course));
    }

    /// <summary>Adds to-dos of the signed-in user until there are <paramref name="count"/>.</summary>
    internal Task AddTodosAsync(int count) =>
        AddAsync(
            TodoEntity.Collection,
            ref _todos,
            count,
            i => new TodoDocument
            {
                Id = ObjectId.GenerateNewId(),
                OwnerId = _user,
                Title = $"To-do number {i}",
                DueDate = Epoch.AddMinutes(i),
                Priority = (TodoPriority)(i % 3),
                Done = i % 5 == 0,
                CreatedAt = Epoch,
                UpdatedAt = Epoch,
            }
        );

    /// <summary>Adds messages to the lobby until there are <paramref name="count"/>.</summary>
    internal async Task AddMessagesAsync(int count)
    {
        var rooms = _database.GetCollection<RoomDocument>(CollectionNames.Rooms);
        var lobby = await rooms.FindOneAndUpdateAsync<RoomDocument>(
            room => room.Name == RoomNames.Lobby,
            Builders<RoomDocument>
                .Update.Set(room => room.LastSequence, count)
                .Set(room => room.LastMessageAt, Epoch)
                .Set(room => room.UpdatedAt, Epoch)
                .SetOnInsert(room => room.CreatedAt, Epoch)
                .SetOnInsert(room => room.UserIds, [])
                .SetOnInsert(room => room.Version, 1),
            new FindOneAndUpdateOptions<RoomDocument> { IsUpsert = true, ReturnDocument = ReturnDocument.After }
        );
        await AddAsync(
            CollectionNames.ChatMessages,
            ref _messages,
            count,
            i => new ChatMessageDocument
            {
                Id = ObjectId.GenerateNewId(),
                RoomId = lobby.Id,
                Sequence = i,
                UserId = _user,
                Username = "Admin",
                Text = $"Message number {i}: did you see the tracking shot?",
                ClientMessageId = $"{i}",
                SentAt = Epoch.AddSeconds(i),
                UpdatedAt = Epoch,
            }
        );
    }

    /// <summary>Adds enrollments, with their students, until the course has <paramref name="count"/>.</summary>
    internal async Task AddEnrollmentsAsync(int count)
    {
        var users = _database.GetCollection<BsonDocument>(CollectionNames.Users);
        var template = await users.Find(new BsonDocument("_id", _user)).FirstAsync();
        var students = Enumerable
            .Range(_enrollments, count - _enrollments)
            .Select(i =>
            {
                var student = (BsonDocument)template.DeepClone();
                var email = $"student{i}@movielms.example";
                (student["_id"], student["email"], student["emailNormalized"]) = (ObjectId.GenerateNewId(), email, email);
                (student["role"], student["username"]) = ("student", $"Student {i}");
                return student;
            })
            .ToList();
        await users.InsertManyAsync(students);
        var first = _enrollments;
        await AddAsync(
            EnrollmentEntity.Collection,
            ref _enrollments,
            count,
            i => new EnrollmentDocument
            {
                Id = ObjectId.GenerateNewId(),
                CourseId = _course,
                StudentId = students[i - first - 1]["_id"].AsObjectId,
                EnrolledAt = Epoch.AddSeconds(i),
                CreatedAt = Epoch,
                UpdatedAt = Epoch,
            }
        );
    }

    /// <summary>Returns the IDs of up to 100,000 movies, spread over the catalog.</summary>
    internal static async Task<IReadOnlyList<string>> ReadMovieIdsAsync(ApiBuild build)
    {
        var movies = build.Database.GetCollection<BsonDocument>(MovieEntity.Collection);
        var ids = await movies.Find(new BsonDocument()).Project(new BsonDocument("_id", 1)).ToListAsync();
        var step = Math.Max(1, ids.Count / 100_000);
        return [.. ids.Where((_, i) => i % step == 0).Select(id => id["_id"].ToString()!)];
    }

    private Task AddAsync<T>(string collection, ref int stored, int count, Func<int, T> create)
    {
        var numbers = Enumerable.Range(stored + 1, count - stored);
        stored = count;
        return InsertAsync();

        async Task InsertAsync()
        {
            var target = _database.GetCollection<T>(collection);
            foreach (var batch in numbers.Chunk(Batch))
                await target.InsertManyAsync(batch.Select(create), new InsertManyOptions { IsOrdered = false });
        }
    }

    private static ObjectId Id(JsonElement document) => ObjectId.Parse(document.GetProperty("id").GetString());
}
