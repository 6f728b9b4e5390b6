using System.Text;
using EmbeddedMongo.Tests.Wire;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Authentication;

/// <summary>The authentication commands, sent one by one.</summary>
public sealed class AuthenticationCommandTests(AuthenticatedServer fixture) : IClassFixture<AuthenticatedServer>
{
    private const string EscapedUserName = "us=2Cer=3D1@/ü";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_last_exchange_is_empty_unless_the_client_skips_it(bool skipEmptyExchange)
    {
        using var client = await ConnectAsync();
        var scram = CreateScram();
        var challenge = await client.RunAsync(SaslStart(scram, skipEmptyExchange));
        Assert.False(challenge["done"].AsBoolean);
        var verified = await client.RunAsync(SaslContinue(scram.Prove(Text(challenge))));
        Assert.StartsWith("v=", Text(verified), StringComparison.Ordinal);
        Assert.Equal(skipEmptyExchange, verified["done"]);
        if (!skipEmptyExchange)
        {
            Assert.Equal(13, (await client.RunAsync(new BsonDocument("find", "c")))["code"]);
            var last = await client.RunAsync(SaslContinue(""));
            Assert.Equal((true, ""), (last["done"].AsBoolean, Text(last)));
        }

        Assert.Equal(1.0, (await client.RunAsync(new BsonDocument("find", "c")))["ok"]);
        Assert.Equal(17, (await client.RunAsync(SaslContinue("")))["code"]);
    }

    [Fact]
    public async Task A_handshake_authenticates_over_OP_QUERY()
    {
        using var client = await ConnectAsync();
        var scram = CreateScram();
        var hello = await client.QueryAsync(Hello(SaslStart(scram).Add("db", "admin")));
        Assert.Equal(new BsonArray { "SCRAM-SHA-256" }, hello["saslSupportedMechs"]);
        var verified = await client.QueryAsync(SaslContinue(scram.Prove(Text(hello["speculativeAuthenticate"].AsBsonDocument))));
        Assert.True(verified["done"].AsBoolean);
        Assert.Equal(1.0, (await client.RunAsync(new BsonDocument("find", "c")))["ok"]);
        Assert.Equal(352, (await client.QueryAsync(new BsonDocument("find", "c")))["code"]);
    }

    [Theory]
    [InlineData("admin", true)]
    [InlineData("movies", false)]
    public async Task OP_QUERY_names_the_database_of_the_user(string database, bool succeeds)
    {
        using var client = await ConnectAsync();
        var scram = CreateScram();
        var challenge = await client.QueryAsync(SaslStart(scram), database);
        var verified = await client.QueryAsync(SaslContinue(scram.Prove(Text(challenge))), database);
        Assert.Equal(succeeds, verified["ok"] == 1);
        Assert.Equal(succeeds ? BsonNull.Value : 18, verified.GetValue("code", BsonNull.Value));
    }

    [Fact]
    public async Task A_handshake_without_usable_authentication_succeeds()
    {
        using var client = await ConnectAsync();
        foreach (var speculation in new[] { SaslStart(CreateScram()).Set("mechanism", "SCRAM-SHA-1"), SaslStart("malformed"), [] })
        {
            var hello = await client.RunAsync(Hello(speculation));
            Assert.Equal(1.0, hello["ok"]);
            Assert.False(hello.Contains("speculativeAuthenticate"));
        }
    }

    [Fact]
    public async Task An_unknown_user_cannot_be_told_from_a_known_one()
    {
        var replies = new List<(string Salt, string Iterations)>();
        foreach (var name in new[] { EscapedUserName, "nobody", "nobody", "somebody" })
        {
            using var client = await ConnectAsync();
            var scram = new ScramClient(name, "wrong");
            var challenge = Text(await client.RunAsync(SaslStart(scram)));
            var fields = challenge.Split(',');
            replies.Add((fields[1], fields[2]));
            var rejected = await client.RunAsync(SaslContinue(scram.Prove(challenge)));
            Assert.Equal(
                new BsonDocument
                {
                    { "ok", 0.0 },
                    { "errmsg", "Authentication failed." },
                    { "code", 18 },
                    { "codeName", "AuthenticationFailed" },
                },
                rejected
            );
        }

        Assert.Single(replies.Select(reply => (reply.Salt.Length, reply.Iterations)).Distinct());
        Assert.Equal(replies[1], replies[2]);
        Assert.Equal(3, replies.Distinct().Count());
    }

    [Fact]
    public async Task A_failed_conversation_cannot_be_continued()
    {
        using var client = await ConnectAsync();
        var scram = CreateScram();
        var challenge = Text(await client.RunAsync(SaslStart(scram)));
        Assert.Equal(18, (await client.RunAsync(SaslContinue("wrong")))["code"]);
        Assert.Equal(17, (await client.RunAsync(SaslContinue(scram.Prove(challenge))))["code"]);
    }

    [Fact]
    public async Task A_proof_is_valid_in_its_conversation_only()
    {
        using var client = await ConnectAsync();
        var scram = CreateScram();
        var proof = scram.Prove(Text(await client.RunAsync(SaslStart(scram))));
        await client.RunAsync(SaslStart(scram));
        Assert.Equal(18, (await client.RunAsync(SaslContinue(proof)))["code"]);
    }

    [Theory]
    [InlineData("{saslStart: 1, mechanism: 'PLAIN', payload: BinData(0, '')}", 334)]
    [InlineData("{saslStart: 1, payload: BinData(0, '')}", 40414)]
    [InlineData("{saslStart: 1, mechanism: 'SCRAM-SHA-256'}", 40414)]
    [InlineData("{saslStart: 1, mechanism: 'SCRAM-SHA-256', payload: 5}", 14)]
    [InlineData("{saslStart: 1, mechanism: 'SCRAM-SHA-256', payload: BinData(0, '')}", 18)]
    [InlineData("{saslContinue: 1, conversationId: 1, payload: BinData(0, '')}", 17)]
    [InlineData("{saslContinue: 1, conversationId: 2, payload: BinData(0, '')}", 17)]
    [InlineData("{saslContinue: 1, payload: BinData(0, '')}", 40414)]
    public async Task A_malformed_command_is_rejected(string command, int code)
    {
        using var client = await ConnectAsync();
        Assert.Equal(code, (await client.RunAsync(BsonDocument.Parse(command)))["code"]);
    }

    [Fact]
    public async Task A_long_message_is_rejected()
    {
        using var client = await ConnectAsync();
        Assert.Equal(18, (await client.RunAsync(SaslStart($"n,,n={new string('u', 4096)},r=nonce")))["code"]);
    }

    [Fact]
    public async Task Logout_ends_the_authentication()
    {
        using var client = await ConnectAsync();
        var scram = CreateScram();
        await client.RunAsync(SaslContinue(scram.Prove(Text(await client.RunAsync(SaslStart(scram))))));

        // The user belongs to another database.
        await client.RunAsync(new BsonDocument("logout", 1), "movies");
        Assert.Equal(1.0, (await client.RunAsync(new BsonDocument("find", "c")))["ok"]);

        Assert.Equal(1.0, (await client.RunAsync(new BsonDocument("logout", 1)))["ok"]);
        Assert.Equal(13, (await client.RunAsync(new BsonDocument("find", "c")))["code"]);
        var status = await client.RunAsync(new BsonDocument("connectionStatus", 1));
        Assert.Empty(status["authInfo"]["authenticatedUsers"].AsBsonArray);
    }

    private static ScramClient CreateScram() => new(EscapedUserName, AuthenticatedServer.PreparedPassword);

    private static BsonDocument Hello(BsonDocument speculation) =>
        new()
        {
            { "hello", 1 },
            { "saslSupportedMechs", "admin.nobody" },
            { "speculativeAuthenticate", speculation },
        };

    private static BsonDocument SaslStart(ScramClient scram, bool skipEmptyExchange = true) =>
        SaslStart(scram.First).Add("options", new BsonDocument("skipEmptyExchange", skipEmptyExchange));

    private static BsonDocument SaslStart(string message) =>
        new()
        {
            { "saslStart", 1 },
            { "mechanism", "SCRAM-SHA-256" },
            { "payload", Encoding.UTF8.GetBytes(message) },
        };

    private static BsonDocument SaslContinue(string message) =>
        new()
        {
            { "saslContinue", 1 },
            { "conversationId", 1 },
            { "payload", Encoding.UTF8.GetBytes(message) },
        };

    private static string Text(BsonDocument reply) => Encoding.UTF8.GetString(reply["payload"].AsByteArray);

    private Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(fixture.Server.Port);
}
