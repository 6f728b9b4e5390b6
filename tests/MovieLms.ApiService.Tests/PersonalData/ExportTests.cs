using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.PersonalData;
using MovieLms.ApiService.Tests.Identity;
using MovieLms.Data.PersonalData;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.PersonalData;

public sealed class ExportTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private const string Path = "/api/auth/me/export";
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task An_export_contains_the_documents_of_every_exported_collection()
    {
        var world = await PersonalWorld.CreateAsync(_host);
        using var response = await world.User.Client.GetAsync(Path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/zip", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.EndsWith(".zip", response.Content.Headers.ContentDisposition?.FileName);
        Assert.True(response.Headers.CacheControl?.NoStore);
        using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync());
        foreach (var collection in PersonalCollections.All.Where(declared => declared.IsExported))
        {
            var documents = JsonDocument.Parse(Read(zip, $"json/{collection.Name}.json")).RootElement;
            Assert.True(documents.GetArrayLength() > 0, $"{collection.Name} is empty.");
            var csv = Read(zip, $"csv/{collection.Name}.csv");
            Assert.Equal(documents[0].EnumerateObject().Select(field => field.Name), csv.Split("\r\n")[0].Split(','));
        }

        var review = JsonDocument.Parse(Read(zip, "json/reviews.json")).RootElement[0];
        Assert.Equal((world.MovieTitle, 7.5), (review.GetProperty("movieTitle").GetString(), review.GetProperty("rating").GetDouble()));
        Assert.Equal(PersonalWorld.Comment, review.GetProperty("comment").GetString());
        Assert.Contains("'=2+3", Read(zip, "csv/todos.csv"));
        var submitted = Assert.Single(zip.Entries, entry => entry.FullName.StartsWith($"files/{world.FileId}-", StringComparison.Ordinal));
        Assert.StartsWith(PersonalWorld.FileContent, Read(zip, submitted.FullName));
        Assert.Equal(
            $"{LetterboxdCsv.Header}\r\n{world.MovieTitle},2013,Dennis Iliadis,8,\"Slow, \"\"quiet\"\",\nand long\"\r\n",
            Read(zip, LetterboxdCsv.FileName)
        );
        var profile = Assert.Single(JsonDocument.Parse(Read(zip, "json/users.json")).RootElement.EnumerateArray());
        Assert.Equal((world.User.Email, world.Phone), (profile.GetProperty("email").GetString(), profile.GetProperty("phone").GetString()));
    }

    [Fact]
    public async Task An_export_contains_neither_secrets_nor_data_of_other_users()
    {
        var world = await PersonalWorld.CreateAsync(_host);
        var stranger = await PersonalWorld.CreateAsync(_host);
        using var zip = new ZipArchive(await world.User.Client.GetStreamAsync(Path));
        var text = new StringBuilder();
        foreach (var entry in zip.Entries)
            text.Append(Read(zip, entry.FullName));
        var user = await Users.Find(new BsonDocument("_id", world.UserId)).FirstAsync();
        Assert.Contains(world.Username, text.ToString());
        Assert.DoesNotContain(user["passwordHash"].AsString, text.ToString());
        Assert.DoesNotContain(world.User.RefreshToken, text.ToString());
        Assert.DoesNotContain("passwordHash", text.ToString(), StringComparison.OrdinalIgnoreCase);
        foreach (var name in new[] { CollectionNames.RefreshTokens, CollectionNames.OneTimeCodes })
        {
            foreach (var secret in await _host.Database.GetCollection<BsonDocument>(name).Find(new BsonDocument()).ToListAsync())
                Assert.DoesNotContain(secret["_id"].AsString, text.ToString());
        }
        Assert.DoesNotContain(stranger.Username, text.ToString());
        Assert.DoesNotContain(stranger.User.Email, text.ToString());
    }

    [Fact]
    public async Task The_sixth_export_within_an_hour_returns_429()
    {
        var user = await _host.SignInStudentAsync();
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync(Path)).StatusCode);
        using var refused = await user.Client.GetAsync(Path);
        await refused.AssertProblemAsync(429);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public void A_user_has_one_export_at_a_time()
    {
        using var gate = new DataExportGate();
        var (user, other) = (ObjectId.GenerateNewId(), ObjectId.GenerateNewId());
        var first = gate.TryReserve(user);
        Assert.NotNull(first);
        Assert.Null(gate.TryReserve(user));
        Assert.NotNull(gate.TryReserve(other));
        first.Dispose();
        Assert.NotNull(gate.TryReserve(user));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.4, 1)]
    [InlineData(7.5, 8)]
    [InlineData(10, 10)]
    public void A_rating_becomes_a_whole_number_from_1_to_10_for_Letterboxd(double rating, int expected) =>
        Assert.Equal(expected, LetterboxdCsv.ToRating(rating));

    private IMongoCollection<BsonDocument> Users => _host.Database.GetCollection<BsonDocument>(CollectionNames.Users);

    private static string Read(ZipArchive zip, string name)
    {
        using var reader = new StreamReader(zip.GetEntry(name)?.Open() ?? throw new InvalidOperationException($"The file has no {name}."));
        return reader.ReadToEnd();
    }
}
