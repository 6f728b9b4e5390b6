using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.Data.Paging;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>The queries of sign-in, sessions, revocation and audit, each served by the index declared for it.</summary>
public sealed class IdentityIndexTests(IdentityIndexTests.Filled filled) : IClassFixture<IdentityIndexTests.Filled>
{
    private static readonly DateTimeOffset Later = TimeProvider.System.GetUtcNow().AddDays(1);

    public sealed class Filled : IAsyncLifetime
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
                    new AuditEntry { Action = i % 30 == 1 ? "role.change" : "login", UserId = i % 30 == 0 ? User.Id : user.Id },
                    default
                );
            }
        }

        public ValueTask DisposeAsync() => Data.DisposeAsync();
    }

    /// <summary>A query, its index, the most documents it may examine, and which of the commands sent it is.</summary>
    public static TheoryData<string, string, int, int> Queries() =>
        new()
        {
            { "user by id", "_id_", 1, 0 },
            { "user by address", "email_unique", 1, 0 },
            { "user by login elsewhere", "externalLogins_unique", 1, 0 },
            { "list users", "_id_", 21, 0 },
            { "list users after one", "_id_", 21, 0 },
            { "list users of a role", "role", 21, 0 },
            { "active users of a role", "role_emailNormalized", 10, 0 },
            { "anybody of a role", "role_emailNormalized", 1, 0 },
            { "names", "_id_", 2, 0 },
            { "password is hashed anew", "_id_", 1, 0 },
            { "time step is used", "_id_", 1, 0 },
            { "recovery code is used", "_id_", 1, 0 },
            { "session by id", "_id_", 1, 0 },
            { "list sessions of a user", "user_lastUsed", 20, 0 },
            { "session is used", "_id_", 1, 0 },
            { "session is ended", "_id_", 1, 0 },
            { "refresh token", "_id_", 1, 0 },
            { "refresh token is used", "_id_", 1, 0 },
            { "one-time code", "_id_", 1, 0 },
            { "one-time code is taken", "_id_", 1, 0 },
            { "one-time code is tried", "_id_", 1, 0 },
            { "one-time code is used", "_id_", 1, 0 },
            { "one-time code is still there", "_id_", 1, 1 },
            { "revoked users since", "tokensRevokedAt", 1, 0 },
            { "ended sessions since", "endedAt", 1, 1 },
            { "list audit", "_id_", 21, 0 },
            { "list audit of a user", "user_id", 21, 0 },
            { "list audit of an action", "action_id", 21, 0 },
        };

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Query_is_served_by_its_index(string query, string index, int most, int command) =>
        QueryPlans.AssertServedAsync(
            filled.Data,
            () => RunAsync(query),
            index,
            most,
            query.StartsWith("list", StringComparison.Ordinal),
            command
        );

    private Task RunAsync(string query)
    {
        var id = filled.User.Id;
        var users = filled.Data.Get<UserStore>();
        return query switch
        {
            "user by id" => users.FindAsync(id, default),
            "user by address" => users.FindByEmailAsync("u7@example.test", default),
            "user by login elsewhere" => users.FindByLoginAsync(new ExternalLogin("github", "8"), default),
            "list users" => users.ListAsync(null, null, 20, default),
            "list users after one" => users.ListAsync(
                null,
                new PageCursor(UserStore.Sort, BsonNull.Value, ObjectId.GenerateNewId()),
                20,
                default
            ),
            "list users of a role" => users.ListAsync("admin", null, 20, default),
            "active users of a role" => users.CountActiveAsync("admin", default),
            "anybody of a role" => users.AnyWithRoleAsync("admin", default),
            "names" => users.NamesAsync([id, ObjectId.GenerateNewId()], default),
            "password is hashed anew" => users.RehashAsync(id, "hash", "hash", default),
            "time step is used" => filled.Data.Get<SecondStepStore>().UseStepAsync(id, 1),
            "recovery code is used" => filled.Data.Get<SecondStepStore>().UseRecoveryCodeAsync(id, "code"),
            _ => RunOnSessionsAsync(query),
        };
    }

    private Task RunOnSessionsAsync(string query)
    {
        var (id, session) = (filled.User.Id, filled.Session);
        var (sessions, tokens) = (filled.Data.Get<SessionStore>(), filled.Data.Get<RefreshTokenStore>());
        var (codes, audit) = (filled.Data.Get<OneTimeCodeStore>(), filled.Data.Get<AuditStore>());
        return query switch
        {
            "session by id" => sessions.FindLiveAsync(session, default),
            "list sessions of a user" => sessions.ListLiveAsync(id, 0, default),
            "session is used" => sessions.TouchAsync(session, null, Later, default),
            "session is ended" => sessions.EndAsync(id, ObjectId.GenerateNewId(), default),
            "refresh token" => tokens.FindAsync("hash1", default),
            "refresh token is used" => tokens.UseAsync("hash2", default),
            "one-time code" => codes.FindAsync("code1", default),
            "one-time code is taken" => codes.TakeAsync("code2", default),
            "one-time code is tried" => codes.TryAsync("code3", 5, default),
            "one-time code is used" or "one-time code is still there" => codes.UseAsync(
                new OneTimeCode { Key = "code of nobody", ExpiresAt = Later },
                default
            ),
            "revoked users since" or "ended sessions since" => filled.Data.Get<RevocationStore>().ReadAsync(Later, default),
            "list audit" => audit.ListAsync(null, null, null, 20, default),
            "list audit of a user" => audit.ListAsync(id, null, null, 20, default),
            _ => audit.ListAsync(null, "role.change", null, 20, default),
        };
    }
}
