using System.Net;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.Data.Lectures;
using MovieLms.Data.Storage;

namespace MovieLms.ApiService.Tests.Analytics;

public sealed class PipelineEndpointTests(PipelineEndpointTests.WithUsers api) : IClassFixture<PipelineEndpointTests.WithUsers>
{
    private const string Secret = "hash-of-a-secret";

    public sealed class WithUsers : ApiFixture
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await Host
                .Database.GetCollection<BsonDocument>(CollectionNames.Users)
                .InsertManyAsync([
                    new BsonDocument
                    {
                        { "username", "Ada" },
                        { "role", "student" },
                        { "email", "ada@example.test" },
                        { "emailNormalized", "ada@example.test" },
                        { "phone", "+4912345678" },
                        { "passwordHash", Secret },
                    },
                    new BsonDocument
                    {
                        { "username", "Bob" },
                        { "role", "student" },
                        { "email", "bob@example.test" },
                        { "emailNormalized", "bob@example.test" },
                        { "phone", "+4987654321" },
                        { "passwordHash", Secret },
                    },
                ]);
            for (var i = 0; i < 12; i++)
            {
                await AddMovieAsync(
                    new
                    {
                        title = $"Film {i}",
                        genre = i % 2 == 0 ? "Noir" : "Drama",
                        rating = i % 10,
                        ratingCount = 5,
                        releaseDate = "1999-05-17",
                    }
                );
            }
        }
    }

    [Fact]
    public async Task Pipeline_of_an_admin_returns_documents_in_extended_json()
    {
        var (status, body) = await RunAsync(
            "movies",
            """
            [ { "$match": { "createdAt": { "$gt": { "$date": "2001-01-01T00:00:00Z" } } } },
              { "$group": { "_id": "$genre", "best": { "$max": "$rating" }, "released": { "$first": "$releaseDate" } } },
              { "$sort": { "_id": 1 } } ]
            """
        );
        Assert.Equal(200, status);
        using var response = JsonDocument.Parse(body);
        Assert.False(response.RootElement.GetProperty("truncated").GetBoolean());
        var drama = response.RootElement.GetProperty("documents")[0];
        Assert.Equal("Drama", drama.GetProperty("_id").GetString());
        Assert.Equal(9, drama.GetProperty("best").GetDouble());
        Assert.Equal("1999-05-17T00:00:00Z", drama.GetProperty("released").GetProperty("$date").GetString());
    }

    [Fact]
    public async Task Numbers_are_written_in_their_shortest_exact_form()
    {
        await api
            .Host.Database.GetCollection<BsonDocument>(AttendanceEntity.Collection)
            .InsertOneAsync(
                new BsonDocument
                {
                    { "_id", 1 },
                    { "double", 4.1 },
                    { "long", 9007199254740993L },
                    { "decimal", new BsonDecimal128(2.50m) },
                    { "nothing", double.NaN },
                    { "text", "\"é\"" },
                }
            );
        var (status, body) = await RunAsync(
            "attendance",
            """[ { "$match": { "_id": 1 } }, { "$addFields": { "array": [ "$double", 0.1 ] } } ]"""
        );
        Assert.Equal(200, status);
        using var response = JsonDocument.Parse(body);
        var document = response.RootElement.GetProperty("documents")[0];
        Assert.Equal("4.1", document.GetProperty("double").GetRawText());
        Assert.Equal("[4.1,0.1]", document.GetProperty("array").GetRawText());
        Assert.Equal(9007199254740993L, document.GetProperty("long").GetInt64());
        Assert.Equal("2.50", document.GetProperty("decimal").GetProperty("$numberDecimal").GetString());
        Assert.Equal("NaN", document.GetProperty("nothing").GetProperty("$numberDouble").GetString());
        Assert.Equal("\"é\"", document.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("orders", "customerName", "quantity")]
    [InlineData("todos", "title", "done")]
    [InlineData("submissions", "current.text", "grade")]
    public async Task Personal_fields_of_open_collections_are_hidden(string collection, string hidden, string shown)
    {
        var owner = ObjectId.GenerateNewId();
        var top = hidden.Split('.')[0];
        var stored = new BsonDocument
        {
            { "owner", owner },
            { shown, 1 },
            { "number", $"{owner}" },
            {
                top,
                top == hidden
                    ? "Ada Lovelace"
                    : new BsonDocument { { "text", "Ada Lovelace" }, { "number", 1 } }
            },
        };
        await api.Host.Database.GetCollection<BsonDocument>(collection).InsertOneAsync(stored);
        foreach (
            var (from, pipeline) in new[]
            {
                (collection, """[ { "$addFields": { "all": { "$objectToArray": "$$ROOT" } } } ]"""),
                ("movies", $$"""[ { "$limit": 1 }, { "$lookup": { "from": "{{collection}}", "as": "joined", "pipeline": [] } } ]"""),
                ("movies", $$"""[ { "$unionWith": "{{collection}}" } ]"""),
                (
                    "movies",
                    $$"""[ { "$limit": 1 }, { "$lookup": { "from": "movies", "as": "x", "pipeline": [ { "$unionWith": "{{collection}}" }, { "$facet": { "a": [ { "$match": {} } ] } } ] } } ]"""
                ),
            }
        )
        {
            var (status, body) = await RunAsync(from, pipeline);
            Assert.Equal(200, status);
            Assert.DoesNotContain("Ada Lovelace", body, StringComparison.Ordinal);
            Assert.Contains($"\"{shown}\"", body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""[ { "$out": "movies" } ]""")]
    [InlineData("""[ { "$merge": "movies" } ]""")]
    [InlineData("""[ { "$facet": { "a": [ { "$out": "x" } ] } } ]""")]
    [InlineData("""[ { "$lookup": { "from": "movies", "as": "x", "pipeline": [ { "$merge": "x" } ] } } ]""")]
    [InlineData("""[ { "$unionWith": { "coll": "movies", "pipeline": [ { "$out": "x" } ] } } ]""")]
    [InlineData(
        """[ { "$unionWith": { "coll": "movies", "pipeline": [ { "$lookup": { "from": "sessions", "as": "x", "pipeline": [] } } ] } } ]"""
    )]
    [InlineData("""[ { "$match": { "$where": "sleep(1000)" } } ]""")]
    [InlineData("""[ { "$match": { "$or": [ { "a": 1 }, { "$where": "1" } ] } } ]""")]
    [InlineData("""[ { "$project": { "x": { "$function": { "body": "f", "args": [], "lang": "js" } } } } ]""")]
    [InlineData("""[ { "$group": { "_id": 1, "x": { "$accumulator": {} } } } ]""")]
    [InlineData("""[ { "$facet": { "a": [ { "$match": { "$expr": { "$function": {} } } } ] } } ]""")]
    [InlineData("""[ { "$match": { "x": { "$code": "1" } } } ]""")]
    [InlineData("""[ { "$unionWith": "sessions" } ]""")]
    [InlineData("""[ { "$unionWith": "refreshTokens" } ]""")]
    [InlineData("""[ { "$unionWith": "chatMessages" } ]""")]
    [InlineData(
        """[ { "$unionWith": { "coll": "orders", "pipeline": [ { "$lookup": { "from": "notifications", "as": "x", "pipeline": [] } } ] } } ]"""
    )]
    [InlineData(
        """[ { "$facet": { "a": [ { "$lookup": { "from": "outbox", "localField": "a", "foreignField": "b", "as": "c" } } ] } } ]"""
    )]
    [InlineData("""[ { "$lookup": { "from": "orders", "localField": "title", "foreignField": "customerName", "as": "c" } } ]""")]
    [InlineData("""[ { "$lookup": { "from": "todos", "localField": "title", "foreignField": "title", "as": "c" } } ]""")]
    [InlineData("""[ { "$lookup": { "from": "signingKeys", "localField": "a", "foreignField": "b", "as": "c" } } ]""")]
    [InlineData("""[ { "$lookup": { "from": { "db": "admin", "coll": "users" }, "localField": "a", "foreignField": "b", "as": "c" } } ]""")]
    [InlineData("""[ { "$lookup": { "from": "users", "localField": "a", "foreignField": "email", "as": "c" } } ]""")]
    [InlineData("""[ { "$lookup": { "from": "users", "localField": "a", "foreignField": "passwordHash", "as": "c", "pipeline": [] } } ]""")]
    [InlineData(
        """[ { "$graphLookup": { "from": "users", "startWith": "$x", "connectFromField": "x", "connectToField": "email", "as": "c" } } ]"""
    )]
    [InlineData("""[ { "$collStats": {} } ]""")]
    [InlineData("""[ { "$currentOp": {} } ]""")]
    [InlineData("""[ { "$documents": [] } ]""")]
    [InlineData("""[ { "$match": {}, "$out": "x" } ]""")]
    [InlineData("""[ 1 ]""")]
    [InlineData("""[ { "$project": { "x": { "$noSuchThing": 1 } } } ]""")]
    [InlineData("""[ { "$match": 5 } ]""")]
    [InlineData("""[ { "$limit": -1 } ]""")]
    [InlineData("""[ { "$match": { "x": { "$oid": "nonsense" } } } ]""")]
    [InlineData("""{ "$match": {} }""")]
    [InlineData("\"$match\"")]
    public async Task Forbidden_stages_and_invalid_pipelines_return_400(string pipeline)
    {
        var (status, body) = await RunAsync("movies", pipeline);
        Assert.Equal(400, status);
        Assert.Contains("\"pipeline\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sessions")]
    [InlineData("system.users")]
    [InlineData("files.files")]
    [InlineData("")]
    public async Task Collections_that_are_not_open_return_400(string collection)
    {
        var (status, body) = await RunAsync(collection, "[]");
        Assert.Equal(400, status);
        Assert.Contains("\"collection\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("users", """[]""")]
    [InlineData("users", """[ { "$project": { "x": "$$ROOT" } } ]""")]
    [InlineData("users", """[ { "$project": { "x": "$$CURRENT.email" } } ]""")]
    [InlineData("users", """[ { "$replaceRoot": { "newRoot": { "a": { "$objectToArray": "$$ROOT" } } } } ]""")]
    [InlineData("users", """[ { "$project": { "x": { "$getField": "passwordHash" } } } ]""")]
    [InlineData("users", """[ { "$group": { "_id": "$email" } } ]""")]
    [InlineData("users", """[ { "$facet": { "a": [ { "$project": { "x": "$$ROOT", "phone": 1 } } ] } } ]""")]
    [InlineData("users", """[ { "$match": { "email": { "$regex": "^ada" } } } ]""")]
    [InlineData("movies", """[ { "$unionWith": "users" } ]""")]
    [InlineData("movies", """[ { "$unionWith": { "coll": "users", "pipeline": [ { "$set": { "x": "$$ROOT" } } ] } } ]""")]
    [InlineData(
        "movies",
        """[ { "$limit": 1 }, { "$lookup": { "from": "users", "as": "u", "pipeline": [ { "$set": { "x": "$$ROOT" } } ] } } ]"""
    )]
    [InlineData(
        "movies",
        """[ { "$limit": 1 }, { "$set": { "s": "student" } }, { "$lookup": { "from": "users", "localField": "s", "foreignField": "role", "as": "u" } } ]"""
    )]
    [InlineData(
        "movies",
        """[ { "$limit": 1 }, { "$lookup": { "from": "reviews", "as": "r", "pipeline": [ { "$unionWith": "users" } ] } } ]"""
    )]
    [InlineData("movies", """[ { "$facet": { "a": [ { "$unionWith": "users" } ] } } ]""")]
    public async Task Personal_fields_are_never_returned(string collection, string pipeline)
    {
        var (status, body) = await RunAsync(collection, pipeline);
        Assert.True(status is 200 or 400, $"{status}: {body}");
        foreach (var hidden in new[] { Secret, "example.test", "+49" })
            Assert.DoesNotContain(hidden, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Match_on_a_hidden_field_matches_nothing_and_open_fields_are_returned()
    {
        var (_, hidden) = await RunAsync("users", """[ { "$match": { "email": "ada@example.test" } } ]""");
        Assert.Equal(0, JsonDocument.Parse(hidden).RootElement.GetProperty("documents").GetArrayLength());
        var (_, open) = await RunAsync(
            "movies",
            """[ { "$limit": 1 }, { "$set": { "s": "student" } }, { "$lookup": { "from": "users", "localField": "s", "foreignField": "role", "as": "u" } } ]"""
        );
        Assert.Contains("Ada", open, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_a_thousand_documents_are_truncated()
    {
        var (status, body) = await RunAsync(
            "movies",
            """[ { "$limit": 5 }, { "$set": { "n": { "$range": [ 0, 300 ] } } }, { "$unwind": "$n" }, { "$project": { "n": 1 } } ]"""
        );
        Assert.Equal(200, status);
        using var response = JsonDocument.Parse(body);
        Assert.Equal(1_000, response.RootElement.GetProperty("documents").GetArrayLength());
        Assert.True(response.RootElement.GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task Only_admins_can_run_pipelines()
    {
        using var instructor = api.Instructor();
        await (await PostAsync(instructor, "movies", "[]")).AssertProblemAsync(403);
        await (await PostAsync(api.Anonymous, "movies", "[]")).AssertProblemAsync(401);
    }

    private async Task<(int Status, string Body)> RunAsync(string collection, string pipeline)
    {
        using var admin = api.Admin();
        using var response = await PostAsync(admin, collection, pipeline);
        if (response.StatusCode != HttpStatusCode.OK)
            await response.AssertProblemAsync((int)response.StatusCode);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string collection, string pipeline) =>
        client.PostAsync(
            "/api/analytics/pipeline",
            new StringContent(
                $$"""{ "collection": {{JsonSerializer.Serialize(collection)}}, "pipeline": {{pipeline}} }""",
                null,
                "application/json"
            )
        );
}
