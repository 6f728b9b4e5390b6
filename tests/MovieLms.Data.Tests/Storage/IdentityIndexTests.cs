using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.Data.Paging;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>Each query of sign-in, sessions, revocation and audit uses the index declared for it.</summary>
public sealed class IdentityIndexTests(IdentityIndexTests.SeededData seeded) : IClassFixture<IdentityIndexTests.SeededData>
{
    private static readonly DateTimeOffset Later = TimeProvider.System.GetUtcNow().AddDays(1);

    public sealed class SeededData : IAsyncLifetime
    {
        public DataFixture Data { get; } = new();

        public UserDocument User { get; private set; } = null!;

        public ObjectId Session { get; } = ObjectId.GenerateNewId();

        public async ValueTask InitializeAsync()
        {
            await Data.InitializeAsync();
            var (users, sessions, tokens) = (Data.Get<UserStore>(), Data.Get<SessionStore>(), Data.Get<RefreshTokenStore>());
            var (codes, audit) = (Data.Get<OneTimeCodeStore>(), Data.Get<AuditStore>());
            for (var i = 0; i < 300; i++)
            {
                var user = (
                    await users.AddAsync(
                        new UserDocument
                        {
                            Username = $"User {i}",
                            Email = $"u{i}@example.test",
                            EmailNormalized = $"u{i}@example.test",
                            Role = i % 30 == 0 ? "admin" : "student",
                            ExternalLogins = i % 2 == 0 ? [new ExternalLogin("github", $"{i}")] : [],
                            PasswordHash = "hash",
                        },
                        default
                    )
                )!;
                User ??= user;
                await sessions.AddAsync(
                    new SessionDocument
                    {
                        Id = i == 0 ? Session : ObjectId.GenerateNewId(),
                        UserId = i % 30 == 0 ? User.Id : user.Id,
                        Method = "password",
                        ExpiresAt = Later,
                    },
                    default
                );
                await tokens.AddAsync(
                    new RefreshTokenDocument
                    {
                        Hash = $"hash{i}",
                        SessionId = Session,
                        ExpiresAt = Later,
                    },
                    default
                );
                await codes.PutAsync(
                    new OneTimeCode
                    {
                        Key = $"code{i}",
                        UserId = user.Id,
                        ExpiresAt = Later,
                    },
                    default
                );
                await audit.AddAsync(
                    new AuditEntry
                    {
                        Action = i % 30 == 1 ? "role.change" : "login",
                        UserId = i % 30 == 0 ? User.Id : user.Id,
                        ActorId = i % 30 == 0 ? User.Id : null,
                    },
                    default
                );
            }
        }

        public ValueTask DisposeAsync() => Data.DisposeAsync();
    }

    /// <summary>A query, its index, the maximum number of examined documents, and the position of the command.</summary>
    public static TheoryData<string, string, int, int> Queries() =>
        new()
        {
            { "user by ID", "_id_", 1, 0 },
            { "user by address", "email_unique", 1, 0 },
            { "user by external login", "externalLogins_unique", 1, 0 },
            { "list users", "_id_", 21, 0 },
            { "list users, next page", "_id_", 21, 0 },
            { "list users of a role", "role", 21, 0 },
            { "users by name", "nameWords", 2, 0 },
            { "users of a role by name", "role_nameWords", 2, 0 },
            { "list users by address", "email_unique", 1, 0 },
            { "list users of a role by address", "role_emailNormalized", 1, 0 },
            { "active users of a role", "role_emailNormalized", 10, 0 },
            { "any user of a role", "role_emailNormalized", 1, 0 },
            { "names", "_id_", 2, 0 },
            { "rehash password", "_id_", 1, 0 },
            { "use time step", "_id_", 1, 0 },
            { "use recovery code", "_id_", 1, 0 },
            { "session by ID", "_id_", 1, 0 },
            { "list sessions of a user", "user_lastUsed", 20, 0 },
            { "use session", "_id_", 1, 0 },
            { "end session", "_id_", 1, 0 },
            { "refresh token", "_id_", 1, 0 },
            { "use refresh token", "_id_", 1, 0 },
            { "one-time code", "_id_", 1, 0 },
            { "take one-time code", "_id_", 1, 0 },
            { "try one-time code", "_id_", 1, 0 },
            { "use one-time code", "_id_", 1, 0 },
            { "check used one-time code", "_id_", 1, 1 },
            { "revoked users since", "tokensRevokedAt", 1, 0 },
            { "ended sessions since", "endedAt", 1, 1 },
            { "list audit", "_id_", 21, 0 },
            { "list audit of a user", "user_id", 21, 0 },
            { "list audit by a user", "actor_id", 21, 0 },
            { "list audit of an action", "action_id", 21, 0 },
            { "list audit of an hour without events", "_id_", 0, 0 },
        };

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Query_uses_its_index(string query, string index, int maxDocs, int command) =>
        QueryPlans.AssertServedAsync(
            seeded.Data,
            () => RunAsync(query),
            index,
            maxDocs,
            query.StartsWith("list", StringComparison.Ordinal),
            command
        );

    private Task RunAsync(string query)
    {
        var id = seeded.User.Id;
        var users = seeded.Data.Get<UserStore>();
        return query switch
        {
            "user by ID" => users.FindAsync(id, default),
            "user by address" => users.FindByEmailAsync("u7@example.test", default),
            "user by external login" => users.FindByLoginAsync(new ExternalLogin("github", "8"), default),
            "list users" => users.ListAsync(null, null, null, 20, default),
            "list users, next page" => users.ListAsync(
                null,
                null,
                new PageCursor(UserSearch.Newest, BsonNull.Value, ObjectId.GenerateNewId()),
                20,
                default
            ),
            "list users of a role" => users.ListAsync("admin", null, null, 20, default),
            "users by name" => users.ListAsync(null, "299", null, 20, default),
            "users of a role by name" => users.ListAsync("admin", "270", null, 20, default),
            "list users by address" => users.ListAsync(null, "u17@", null, 20, default),
            "list users of a role by address" => users.ListAsync("admin", "U270@", null, 20, default),
            "active users of a role" => users.CountActiveAsync("admin", default),
            "any user of a role" => users.AnyWithRoleAsync("admin", default),
            "names" => users.GetNamesAsync([id, ObjectId.GenerateNewId()], default),
            "rehash password" => users.RehashAsync(id, "hash", "hash", default),
            "use time step" => seeded.Data.Get<SecondStepStore>().TryConsumeStepAsync(id, 1),
            "use recovery code" => seeded.Data.Get<SecondStepStore>().TryConsumeRecoveryCodeAsync(id, "code"),
            _ => RunOnSessionsAsync(query),
        };
    }

    private Task RunOnSessionsAsync(string query)
    {
        var (id, session) = (seeded.User.Id, seeded.Session);
        var (sessions, tokens) = (seeded.Data.Get<SessionStore>(), seeded.Data.Get<RefreshTokenStore>());
        var (codes, audit) = (seeded.Data.Get<OneTimeCodeStore>(), seeded.Data.Get<AuditStore>());
        return query switch
        {
            "session by ID" => sessions.FindActiveAsync(session, default),
            "list sessions of a user" => sessions.ListActiveAsync(id, 0, default),
            "use session" => sessions.TouchAsync(session, null, Later, default),
            "end session" => sessions.EndAsync(id, ObjectId.GenerateNewId(), default),
            "refresh token" => tokens.FindAsync("hash1", default),
            "use refresh token" => tokens.TryMarkUsedAsync("hash2", default),
            "one-time code" => codes.FindAsync("code1", default),
            "take one-time code" => codes.ConsumeAsync("code2", default),
            "try one-time code" => codes.CountAttemptAsync("code3", 5, default),
            "use one-time code" or "check used one-time code" => codes.TryConsumeAsync(
                new OneTimeCode { Key = "code of nobody", ExpiresAt = Later },
                default
            ),
            "revoked users since" or "ended sessions since" => seeded.Data.Get<RevocationStore>().ReadAsync(Later, default),
            "list audit" => audit.ListAsync(new(), null, 20, default),
            "list audit of a user" => audit.ListAsync(new() { UserId = id }, null, 20, default),
            "list audit by a user" => audit.ListAsync(new() { ActorId = id }, null, 20, default),
            "list audit of an hour without events" => audit.ListAsync(new() { From = Later, To = Later.AddHours(1) }, null, 20, default),
            _ => audit.ListAsync(new() { Action = "role.change" }, null, 20, default),
        };
    }
}
