using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Digests;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Mail;
using MovieLms.Data.Notifications;
using MovieLms.Data.Storage;
using MovieLms.Data.Todos;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>Each recurring query of the worker (imports, outbox, digests) uses the index declared for it.</summary>
public sealed class WorkerIndexTests(WorkerIndexTests.SeededData seeded) : IClassFixture<WorkerIndexTests.SeededData>
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public sealed class SeededData : IAsyncLifetime
    {
        public DataFixture Data { get; } = new();

        public ObjectId User { get; } = ObjectId.GenerateNewId();

        public ObjectId Import { get; } = ObjectId.GenerateNewId();

        public async ValueTask InitializeAsync()
        {
            await Data.InitializeAsync();
            await InsertAsync(
                CollectionNames.Users,
                600,
                i => new UserDocument
                {
                    Id = i == 0 ? User : ObjectId.GenerateNewId(),
                    Username = $"user{i}",
                    Email = $"u{i}@example.test",
                    EmailNormalized = $"u{i}@example.test",
                    Role = "student",
                    EmailVerifiedAt = Start,
                    MailPreferences = new MailPreferences { Digests = i % 60 == 0 },
                }
            );
            await InsertAsync(
                TodoEntity.Collection,
                600,
                i => new TodoDocument
                {
                    Id = ObjectId.GenerateNewId(),
                    OwnerId = i % 3 == 0 ? User : ObjectId.GenerateNewId(),
                    Title = $"To-do {i}",
                    DueDate = Start.AddDays(i),
                    Done = i % 2 == 0,
                }
            );
            await InsertAsync(
                NotificationEntity.Collection,
                600,
                i => new NotificationDocument
                {
                    Id = ObjectId.GenerateNewId(),
                    UserId = i % 30 == 0 ? User : ObjectId.GenerateNewId(),
                    Kind = "grade",
                    Title = "T",
                    Text = "T",
                    CreatedAt = Start,
                }
            );
            await InsertAsync(
                CollectionNames.Outbox,
                600,
                i => new MailDocument
                {
                    Id = ObjectId.GenerateNewId(),
                    To = "x@example.test",
                    Subject = "S",
                    CreatedAt = Start,
                    State =
                        i % 20 == 0 ? MailState.Queued
                        : i % 20 == 1 ? MailState.Dead
                        : MailState.Sent,
                    DueAt = i % 40 == 0 ? Start.AddMinutes(i) : Later,
                }
            );
            await InsertAsync(
                CollectionNames.Imports,
                600,
                i => new ImportDocument
                {
                    Id = i == 0 ? Import : ObjectId.GenerateNewId(),
                    OwnerId = i % 30 == 2 ? User : ObjectId.GenerateNewId(),
                    CreatedAt = Start.AddMinutes(i),
                    UpdatedAt = Start,
                    State =
                        i % 20 == 0 ? ImportState.Queued
                        : i % 20 == 1 ? ImportState.Uploading
                        : ImportState.Completed,
                    AvailableAt = i % 20 == 0 ? Start.AddMinutes(i) : null,
                }
            );
            await Data.Get<ImportErrorStore>()
                .AddAsync(
                    [
                        .. Enumerable
                            .Range(1, 600)
                            .Select(i => new ImportErrorDocument(
                                ObjectId.GenerateNewId(),
                                i % 30 == 0 ? Import : ObjectId.GenerateNewId(),
                                i,
                                i,
                                [new ImportProblem("title", "", "Wrong.")]
                            )),
                    ],
                    default
                );
        }

        public ValueTask DisposeAsync() => Data.DisposeAsync();

        private Task InsertAsync<T>(string collection, int count, Func<int, T> make) =>
            Data.Database.GetCollection<T>(collection).InsertManyAsync(Enumerable.Range(0, count).Select(make));
    }

    public static TheoryData<string, string, int, int> Queries() =>
        new()
        {
            { "waiting imports", "availableAt_1__id_1", 30, 0 },
            { "next import", "availableAt_1__id_1", 1, 0 },
            { "running imports", "runningFor_1", 2, 0 },
            { "waiting imports of others", "availableAt_1__id_1", 2, 1 },
            { "slots", "ownerId_1_slot_1", 1, 1 },
            { "list imports", "ownerId_1__id_-1", 21, 0 },
            { "abandoned uploads", "state_1_createdAt_1", 30, 0 },
            { "imports to purge", "state_1_createdAt_1", 20, 0 },
            { "an import's errors", "importId_1_row_1", 20, 0 },
            { "an import's errors by column", "importId_1_row_1", 20, 0 },
            { "next mail", "state_due", 1, 0 },
            { "late mail", "state_due", 30, 0 },
            { "dead mail", "state_due", 30, 1 },
            { "waiting mail", "state_due", 30, 0 },
            { "list mail", "_id_", 21, 0 },
            { "list dead mail", "state_id", 21, 0 },
            { "readers of digests", "mailPreferences.digests_1__id_1", 10, 0 },
            { "to-dos of a digest", "ownerId_done_dueKey_id", 11, 0 },
            { "news of a digest", "userId_id", 20, 1 },
        };

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Query_uses_its_index(string query, string index, int maxDocs, int command) =>
        QueryPlans.AssertServedAsync(
            seeded.Data,
            () => RunAsync(query),
            index,
            maxDocs,
            query
                is "list mail"
                    or "list dead mail"
                    or "next import"
                    or "list imports"
                    or "next mail"
                    or "an import's errors"
                    or "readers of digests"
                    or "to-dos of a digest",
            command
        );

    private Task RunAsync(string query)
    {
        var (data, no) = (seeded.Data, CancellationToken.None);
        return query switch
        {
            "waiting imports" => data.Get<ImportQueue>().CountAsync(no),
            "next import" => data.Get<ImportQueue>().ClaimAsync("test", TimeSpan.FromMinutes(1), no),
            "running imports" or "waiting imports of others" => data.Get<ImportTurns>().AreOthersWaitingAsync(no),
            "slots" => data.Get<ImportStore>()
                .BeginUploadAsync(ObjectId.GenerateNewId(), ImportKind.Todos, ObjectId.GenerateNewId(), null, 5, no),
            "list imports" => data.Get<ImportLists>().ListAsync(seeded.User, null, null, 20, no),
            // Before every document: anything that is found would be removed, including the documents of the other queries.
            "abandoned uploads" => data.Get<ImportStore>().SweepUploadsAsync(Start.AddDays(-1), no),
            "imports to purge" => data.Get<ImportPurge>().PurgeAsync(Start.AddDays(-1), no),
            "an import's errors" => data.Get<ImportErrorStore>().ReadAsync(seeded.Import, 200, no).ToListAsync(no).AsTask(),
            "an import's errors by column" => data.Get<ImportErrorStore>().CountByColumnAsync(seeded.Import, 10, no),
            "next mail" => data.Get<OutboxStore>().ClaimAsync(TimeSpan.FromMinutes(1), no),
            "late mail" or "dead mail" => data.Get<OutboxStore>().CountAsync(TimeSpan.FromMinutes(1), no),
            "list mail" => data.Get<OutboxStore>().ListAsync(null, null, 20, no),
            "list dead mail" => data.Get<OutboxStore>().ListAsync(MailState.Dead, null, 20, no),
            "waiting mail" => data.Get<OutboxStore>().GetWaitingAsync(no),
            "readers of digests" => data.Get<DigestStore>().ListRecipientsAsync(no).ToListAsync(no).AsTask(),
            _ => data.Get<DigestStore>().ReadAsync(seeded.User, Start, Later, 10, no),
        };
    }
}
