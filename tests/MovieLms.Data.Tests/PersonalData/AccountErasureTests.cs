using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.Application.Cascades;
using MovieLms.Data.Changes;
using MovieLms.Data.Identity;
using MovieLms.Data.PersonalData;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.PersonalData;

/// <summary>The erasure of accounts whose grace period has ended.</summary>
public sealed class AccountErasureTests : IAsyncLifetime
{
    private readonly InterruptingSink _sink = new();
    private readonly DataFixture _data;

    public AccountErasureTests() => _data = new DataFixture { Configure = services => services.AddSingleton<IChangeSink>(_sink) };

    public ValueTask InitializeAsync() => _data.InitializeAsync();

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task An_erasure_that_is_interrupted_anywhere_is_completed_by_the_next_run()
    {
        var user = await AddUserAsync();
        await AddPersonalDocumentsAsync(user);
        await RequestDeletionAsync(user.Id, user.Id);
        var runs = 0;
        for (var isComplete = false; !isComplete; runs++)
        {
            _sink.FailAt = runs;
            try
            {
                await _data.Get<AccountErasure>().RunAsync(default);
                isComplete = true;
            }
            catch (InterruptedException)
            {
                // The next run starts again.
            }
        }
        Assert.True(runs > 10, $"The erasure was interrupted only {runs} times.");
        foreach (var collection in PersonalCollections.All.Where(declared => declared.Erasure == Erasure.Remove))
            Assert.Equal((collection.Name, 0), (collection.Name, await CountAsync(collection.Name)));
        Assert.Equal(0, await _data.Get<AccountErasure>().RunAsync(default));
    }

    [Fact]
    public async Task An_account_is_erased_only_when_its_own_request_is_due()
    {
        var early = await AddUserAsync();
        await RequestDeletionAsync(early.Id, early.Id, TimeProvider.System.GetUtcNow().AddHours(1));
        var interrupted = await AddUserAsync();
        await RequestDeletionAsync(interrupted.Id, by: ObjectId.GenerateNewId());
        var active = await AddUserAsync();
        await SetDueAsync(active.Id, DateTimeOffset.UnixEpoch);

        Assert.Equal(0, await _data.Get<AccountErasure>().RunAsync(default));
        Assert.Equal(3, await CountAsync(CollectionNames.Users));
    }

    [Fact]
    public async Task An_erasure_that_has_begun_cannot_be_canceled()
    {
        var deletions = _data.Get<AccountDeletionStore>();
        var user = await AddUserAsync();
        await RequestDeletionAsync(user.Id, user.Id);
        Assert.True(await deletions.TryBeginErasureAsync(user.Id, default));
        Assert.False(await deletions.PostponeAsync(user.Id, TimeSpan.FromDays(1), default));
        Assert.False(await deletions.CancelAsync(user.Id, default));
        Assert.Equal(1, await _data.Get<AccountErasure>().RunAsync(default));
    }

    [Fact]
    public async Task Due_accounts_are_found_by_an_index()
    {
        for (var i = 0; i < 50; i++)
            await AddUserAsync();
        var user = await AddUserAsync();
        await RequestDeletionAsync(user.Id, user.Id);
        await Storage.QueryPlans.AssertServedAsync(
            _data,
            () => _data.Get<AccountDeletionStore>().ListDueAsync(10, default),
            AccountDeletionStore.DueIndex,
            1,
            isOrdered: true
        );
    }

    private async Task<UserDocument> AddUserAsync()
    {
        var address = $"{Guid.NewGuid():N}@example.test";
        var user = new UserDocument
        {
            Username = "Ida",
            Email = address,
            EmailNormalized = address,
            Role = "student",
        };
        return (await _data.Get<UserStore>().AddAsync(user, default))!;
    }

    /// <summary>Adds a minimal document of the user to every collection from which an erasure removes documents.</summary>
    private async Task AddPersonalDocumentsAsync(UserDocument user)
    {
        var parents = new Dictionary<string, ObjectId>();
        foreach (var collection in PersonalCollections.All.Reverse().Where(declared => declared.Erasure == Erasure.Remove))
        {
            if (collection.Name == CollectionNames.Users)
                continue;
            var link = collection.Links[0];
            parents[collection.Name] = ObjectId.GenerateNewId();
            BsonValue value = link.Kind switch
            {
                PersonalLinkKind.Id => user.Id,
                PersonalLinkKind.IdPrefix => $"{user.Id}:20261129",
                PersonalLinkKind.Address => user.Email,
                _ => parents[link.Parent!],
            };
            var document = new BsonDocument("_id", parents[collection.Name]) { [link.Field] = value };
            await _data.Database.GetCollection<BsonDocument>(collection.Name).InsertOneAsync(document);
        }
    }

    private async Task RequestDeletionAsync(ObjectId id, ObjectId by, DateTimeOffset? dueAt = null)
    {
        Assert.True(await _data.Get<AccountDeletionStore>().ScheduleAsync(id, DateTimeOffset.UnixEpoch, default));
        Assert.Equal(WriteStatus.Done, await _data.Get<CascadeOperations>().ArchiveAsync(IdentityEntities.User, id, by, null, default));
        await SetDueAsync(id, dueAt ?? DateTimeOffset.UnixEpoch);
    }

    private Task SetDueAsync(ObjectId id, DateTimeOffset dueAt) =>
        _data
            .Database.GetCollection<BsonDocument>(CollectionNames.Users)
            .UpdateOneAsync(new BsonDocument("_id", id), new BsonDocument("$set", new BsonDocument("deletionDueAt", dueAt.UtcDateTime)));

    private Task<long> CountAsync(string collection) =>
        _data.Database.GetCollection<BsonDocument>(collection).CountDocumentsAsync(new BsonDocument());

    private sealed class InterruptedException : Exception;

    /// <summary>Interrupts the erasure at one of the changes that it publishes.</summary>
    private sealed class InterruptingSink : IChangeSink
    {
        public int FailAt { get; set; } = -1;

        public Task PublishAsync(Change change) => FailAt-- == 0 ? throw new InterruptedException() : Task.CompletedTask;
    }
}
