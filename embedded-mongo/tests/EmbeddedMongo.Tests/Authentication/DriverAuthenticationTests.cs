using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Authentication;

/// <summary>Authentication by the official driver.</summary>
public sealed class DriverAuthenticationTests(AuthenticatedServer fixture) : IClassFixture<AuthenticatedServer>
{
    [Fact]
    public async Task The_connection_string_authenticates()
    {
        using var client = new MongoClient(fixture.Server.ConnectionString);
        var movies = client.GetDatabase("movies").GetCollection<BsonDocument>("movies");
        await movies.InsertOneAsync(new BsonDocument("_id", "authenticated"));
        Assert.Equal(1, await movies.CountDocumentsAsync("{_id: 'authenticated'}"));

        var status = await client.GetDatabase("movies").RunCommandAsync<BsonDocument>("{connectionStatus: 1}");
        Assert.Equal(
            new BsonDocument { { "user", AuthenticatedServer.UserName }, { "db", "admin" } },
            Assert.Single(status["authInfo"]["authenticatedUsers"].AsBsonArray)
        );
    }

    [Fact]
    public async Task The_connection_string_accepts_a_database()
    {
        var url = new MongoUrlBuilder(fixture.Server.ConnectionString) { DatabaseName = "movies" }.ToString();
        using var client = new MongoClient(url);
        await client.GetDatabase("movies").ListCollectionNamesAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/?directConnection=true")]
    [InlineData("/admin")]
    [InlineData("/movies?authSource=admin")]
    [InlineData("/?authMechanism=SCRAM-SHA-256")]
    public async Task The_user_is_in_the_database_admin(string pathAndQuery)
    {
        await ListAsync(AuthenticatedServer.UserName, AuthenticatedServer.Password, pathAndQuery);
        await ListAsync(AuthenticatedServer.UserName, AuthenticatedServer.PreparedPassword, pathAndQuery);
    }

    [Theory]
    [InlineData(AuthenticatedServer.UserName, "wrong", "/", 18)]
    [InlineData(AuthenticatedServer.UserName, "P/ss:w@rd%,= IX", "/", 18)]
    [InlineData("nobody", AuthenticatedServer.Password, "/", 18)]
    [InlineData(AuthenticatedServer.UserName, AuthenticatedServer.Password, "/movies", 18)]
    [InlineData(AuthenticatedServer.UserName, AuthenticatedServer.Password, "/?authSource=movies", 18)]
    [InlineData(AuthenticatedServer.UserName, AuthenticatedServer.Password, "/?authMechanism=SCRAM-SHA-1", 334)]
    public async Task Other_credentials_are_rejected(string userName, string password, string pathAndQuery, int code)
    {
        var error = await Assert.ThrowsAsync<MongoAuthenticationException>(() => ListAsync(userName, password, pathAndQuery));
        var cause = Assert.IsType<MongoCommandException>(error.InnerException);
        Assert.Equal(code, cause.Code);
        if (code == 18)
            Assert.EndsWith("Authentication failed..", cause.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{find: 'movies'}")]
    [InlineData("{aggregate: 'movies', pipeline: [], cursor: {}}")]
    [InlineData("{insert: 'movies', documents: [{_id: 'anonymous'}]}")]
    [InlineData("{getMore: NumberLong(1), collection: 'movies'}")]
    [InlineData("{listDatabases: 1}")]
    [InlineData("{serverStatus: 1}")]
    [InlineData("{getParameter: '*'}")]
    [InlineData("{dropDatabase: 1}")]
    [InlineData("{endSessions: []}")]
    public async Task Commands_require_authentication(string command)
    {
        using var client = fixture.CreateAnonymousClient();
        var document = BsonDocument.Parse(command);
        var error = await Assert.ThrowsAsync<MongoCommandException>(() =>
            client.GetDatabase("admin").RunCommandAsync<BsonDocument>(document)
        );
        Assert.Equal(13, error.Code);
        Assert.Equal("Unauthorized", error.CodeName);
        Assert.Contains($"Command {document.GetElement(0).Name} requires authentication", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ping: 1}")]
    [InlineData("{hello: 1}")]
    [InlineData("{isMaster: 1}")]
    [InlineData("{buildInfo: 1}")]
    [InlineData("{connectionStatus: 1}")]
    [InlineData("{whatsmyuri: 1}")]
    [InlineData("{logout: 1}")]
    public async Task Commands_of_a_handshake_need_no_authentication(string command)
    {
        using var client = fixture.CreateAnonymousClient();
        var reply = await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(command);
        Assert.Equal(1.0, reply["ok"]);
    }

    [Fact]
    public async Task An_unknown_command_is_not_found()
    {
        using var client = fixture.CreateAnonymousClient();
        var error = await Assert.ThrowsAsync<MongoCommandException>(() =>
            client.GetDatabase("admin").RunCommandAsync<BsonDocument>("{getnonce: 1}")
        );
        Assert.Equal(59, error.Code);
    }

    [Fact]
    public async Task An_unacknowledged_write_without_authentication_stores_nothing()
    {
        using (var anonymous = fixture.CreateAnonymousClient())
        {
            var movies = anonymous.GetDatabase("movies").GetCollection<BsonDocument>("silent");
            await movies.WithWriteConcern(WriteConcern.Unacknowledged).InsertOneAsync(new BsonDocument("_id", 1));
            await anonymous.GetDatabase("admin").RunCommandAsync<BsonDocument>("{ping: 1}");
        }

        using var client = new MongoClient(fixture.Server.ConnectionString);
        Assert.DoesNotContain("silent", await (await client.GetDatabase("movies").ListCollectionNamesAsync()).ToListAsync());
    }

    [Fact]
    public async Task A_server_without_a_user_rejects_credentials()
    {
        await using var server = await EmbeddedMongoServer.StartAsync();
        using var client = new MongoClient($"mongodb://user:password@127.0.0.1:{server.Port}/");
        var error = await Assert.ThrowsAsync<MongoAuthenticationException>(() => client.ListDatabaseNamesAsync());
        Assert.Equal(18, Assert.IsType<MongoCommandException>(error.InnerException).Code);
    }

    [Theory]
    [InlineData("", "password", "The user has no name")]
    [InlineData("user", "", "SASLprep")]
    [InlineData("user", "pass\u0007word", "SASLprep")]
    public async Task A_user_with_whom_no_client_could_authenticate_is_rejected(string userName, string password, string message)
    {
        var options = new EmbeddedMongoOptions { User = new EmbeddedMongoUser(userName, password) };
        var error = await Assert.ThrowsAsync<EmbeddedMongoException>(() => EmbeddedMongoServer.StartAsync(options));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        if (password.Length > 0)
            Assert.DoesNotContain(password, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_of_the_options_does_not_contain_the_password()
    {
        var text = AuthenticatedServer.Options.ToString();
        Assert.Contains(AuthenticatedServer.UserName, text, StringComparison.Ordinal);
        Assert.DoesNotContain(AuthenticatedServer.Password, text, StringComparison.Ordinal);
    }

    private async Task ListAsync(string userName, string password, string pathAndQuery)
    {
        using var client = new MongoClient(fixture.GetConnectionString(userName, password, pathAndQuery));
        await client.ListDatabaseNamesAsync();
    }
}
