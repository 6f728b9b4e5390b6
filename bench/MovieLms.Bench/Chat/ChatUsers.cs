using System.Net.Http.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Chat;

/// <summary>A signed-in user.</summary>
internal sealed record SignedInUser(ObjectId Id, string Token);

/// <summary>Creates users and signs them in.</summary>
internal static class ChatUsers
{
    private const string Password = "dolly-zoom-on-the-pier-7";
    private const int MaxParallelism = 16;

    /// <summary>
    /// Signs in many users and returns them. Registers one user and copies it in the database, because registering thousands would
    /// mostly measure BCrypt.
    /// </summary>
    internal static async Task<SignedInUser[]> SignInAsync(Uri api, string database, int count)
    {
        using var client = new HttpClient { BaseAddress = api };
        using var registered = await client.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "User",
                email = "user@movielms.example",
                password = Password,
            }
        );
        registered.EnsureSuccessStatusCode();
        using var mongo = new MongoClient(database);
        var users = mongo.GetDatabase(MongoUrl.Create(database).DatabaseName).GetCollection<BsonDocument>(CollectionNames.Users);
        var registeredUser = await users.Find(new BsonDocument("email", "user@movielms.example")).FirstAsync();
        ObjectId[] ids = [.. Enumerable.Range(0, count).Select(_ => ObjectId.GenerateNewId())];
        await users.InsertManyAsync(
            ids.Select(
                (id, i) =>
                {
                    var copy = (BsonDocument)registeredUser.DeepClone();
                    (copy["_id"], copy["email"], copy["emailNormalized"]) = (id, Email(i), Email(i));
                    return copy;
                }
            )
        );
        var signedIn = new SignedInUser[count];
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallelism },
            async (i, _) => signedIn[i] = new SignedInUser(ids[i], await client.LogInAsync(Email(i), Password))
        );
        return signedIn;
    }

    private static string Email(int i) => $"user{i}@movielms.example";
}
