using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Cascades;
using MovieLms.Data.Imports;
using MovieLms.Data.Storage;
using static MovieLms.Application.Tests.Cascades.CascadeFixture;

namespace MovieLms.Application.Tests.Cascades;

/// <summary>The entities of these tests are only declared. That is all an entity needs to take part in cascades.</summary>
public sealed class CascadeTests : IAsyncLifetime
{
    private readonly CascadeFixture _data = new();

    public ValueTask InitializeAsync() => _data.InitializeAsync();

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restore_brings_back_identical_documents(bool archive)
    {
        var (shelf, other) = (await _data.AddShelfAsync(), await _data.AddShelfAsync());
        var before = await SnapshotAsync(_data.Data.Database);
        Assert.Equal(WriteStatus.Done, archive ? await _data.ArchiveAsync(Shelf, shelf) : await _data.DeleteAsync(Shelf, shelf));
        Assert.Equal((1, 2, 20, 20), await _data.CountLiveAsync());
        await _data.FinishAsync();
        Assert.Equal(WriteStatus.Done, await _data.RestoreAsync(Shelf, shelf));
        Assert.Equal(before, await SnapshotAsync(_data.Data.Database));
        await _data.FinishAsync();
        Assert.Equal(before, await SnapshotAsync(_data.Data.Database));
        Assert.Equal(3, (await _data.GetAsync(Shelf, shelf)).Version);
        Assert.Equal(1, (await _data.GetAsync(Shelf, other)).Version);
        Assert.All(await _data.Things(Label).Find(label => label.ShelfId == shelf).ToListAsync(), label => Assert.Equal(3, label.Version));
    }

    [Fact]
    public async Task A_document_that_was_deleted_separately_stays_deleted()
    {
        var shelf = await _data.AddShelfAsync();
        var item = await _data.Things(Item).Find(_ => true).FirstAsync();
        await _data.DeleteAsync(Item, item.Id);
        await _data.DeleteAsync(Shelf, shelf);
        await _data.RestoreAsync(Shelf, shelf);
        Assert.Equal((1, 2, 19, 19), await _data.CountLiveAsync());
        await _data.RestoreAsync(Item, item.Id);
        Assert.Equal(20, await _data.CountLiveAsync(Label));
    }

    [Fact]
    public async Task A_document_with_two_parents_is_restored_once_both_exist()
    {
        var shelf = await _data.AddShelfAsync();
        var label = await _data.Things(Label).Find(_ => true).FirstAsync();
        await _data.DeleteAsync(Item, label.ParentId!.Value);
        await _data.DeleteAsync(Shelf, shelf);
        // The item was deleted before the shelf, and its label belongs to the shelf too.
        Assert.Equal(WriteStatus.Done, await _data.RestoreAsync(Item, label.ParentId.Value));
        Assert.NotNull((await _data.GetAsync(Label, label.Id)).DeletedAt);
        Assert.NotNull((await _data.GetAsync(Item, label.ParentId.Value)).DeletedAt);
        await _data.RestoreAsync(Shelf, shelf);
        Assert.Equal(20, await _data.CountLiveAsync(Label));
        Assert.Equal(20, await _data.CountLiveAsync(Item));
    }

    [Fact]
    public async Task A_child_is_not_restored_without_its_parent()
    {
        var shelf = await _data.AddShelfAsync();
        var box = await _data.Things(Box).Find(_ => true).FirstAsync();
        await _data.ArchiveAsync(Shelf, shelf);
        Assert.Equal(WriteStatus.ReadOnly, await _data.RestoreAsync(Box, box.Id));
        await _data.DeleteAsync(Shelf, shelf);
        Assert.Equal(WriteStatus.NotFound, await _data.RestoreAsync(Box, box.Id));
        // The first restore undoes the deletion, the second one the archiving before it.
        await _data.RestoreAsync(Shelf, shelf);
        Assert.Equal(WriteStatus.ReadOnly, await _data.Cascades.CheckAsync(Shelf, shelf, default));
        await _data.RestoreAsync(Shelf, shelf);
        Assert.Equal(WriteStatus.Done, await _data.Cascades.CheckAsync(Box, box.Id, default));
    }

    [Fact]
    public async Task Of_concurrent_deletions_one_succeeds_and_the_others_find_nothing()
    {
        var shelf = await _data.AddShelfAsync();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _data.DeleteAsync(Shelf, shelf)));
        Assert.Single(statuses, WriteStatus.Done);
        Assert.Equal(9, statuses.Count(status => status == WriteStatus.NotFound));
        Assert.Equal(
            1,
            await _data.Data.Database.GetCollection<BsonDocument>(CollectionNames.Cascades).CountDocumentsAsync(new BsonDocument())
        );
        var restored = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _data.RestoreAsync(Shelf, shelf)));
        Assert.All(restored, status => Assert.Equal(WriteStatus.Done, status));
        Assert.Equal(20, await _data.CountLiveAsync(Label));
        Assert.Equal(3, (await _data.GetAsync(Shelf, shelf)).Version);
    }

    [Fact]
    public async Task A_stale_version_or_an_unknown_document_changes_nothing()
    {
        var shelf = await _data.AddShelfAsync();
        Assert.Equal(WriteStatus.Stale, await _data.Cascades.DeleteAsync(Shelf, shelf, default, [7], default));
        Assert.Equal(WriteStatus.NotFound, await _data.DeleteAsync(Shelf, ObjectId.GenerateNewId()));
        Assert.Equal(WriteStatus.NotFound, await _data.RestoreAsync(Shelf, ObjectId.GenerateNewId()));
        Assert.Equal(WriteStatus.Done, await _data.RestoreAsync(Shelf, shelf));
        Assert.Equal(20, await _data.CountLiveAsync(Label));
        Assert.Equal(WriteStatus.Done, await _data.Cascades.DeleteAsync(Shelf, shelf, default, [1, 2], default));
    }

    [Fact]
    public async Task A_document_added_during_a_deletion_is_deleted_by_the_final_pass()
    {
        var shelf = await _data.AddShelfAsync();
        await _data.DeleteAsync(Shelf, shelf);
        var late = (await _data.AddAsync(Box, 1, shelf))[0];
        await _data.FinishAsync();
        Assert.NotNull((await _data.GetAsync(Box, late)).DeletedAt);
        await _data.RestoreAsync(Shelf, shelf);
        Assert.Null((await _data.GetAsync(Box, late)).DeletedAt);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_interrupted_cascade_is_completed_once(int at)
    {
        var effect = _data.Data.Get<FailingEffect>();
        var shelf = await _data.AddShelfAsync();
        var before = await SnapshotAsync(_data.Data.Database);
        effect.FailAt = at;
        await Assert.ThrowsAsync<InvalidOperationException>(() => _data.DeleteAsync(Shelf, shelf));
        await Testing.Eventually.WaitUntilAsync(() => _data.Cascades.FinishNextAsync(default), "the lease expires");
        await _data.FinishAsync();
        foreach (var entity in (string[])[Shelf, Box, Item, Label])
        {
            Assert.All(
                await _data.Things(entity).Find(_ => true).ToListAsync(),
                thing => Assert.Equal((2, true), (thing.Version, thing.DeletedAt is not null))
            );
        }

        Assert.Equal(20, effect.Seen.Count);

        effect.Seen.Clear();
        effect.FailAt = at;
        await Assert.ThrowsAsync<InvalidOperationException>(() => _data.RestoreAsync(Shelf, shelf));
        Assert.NotNull((await _data.GetAsync(Shelf, shelf)).DeletedAt);
        await Testing.Eventually.WaitUntilAsync(() => _data.Cascades.FinishNextAsync(default), "the lease expires");
        await _data.FinishAsync();
        Assert.Equal(before, await SnapshotAsync(_data.Data.Database));
        Assert.Equal(20, effect.Seen.Count);
        Assert.All(await _data.Things(Label).Find(_ => true).ToListAsync(), label => Assert.Equal(3, label.Version));
    }

    [Fact]
    public async Task Purged_documents_and_their_files_are_removed_and_cannot_be_restored()
    {
        var files = _data.Data.Get<UploadStore>();
        var (shelf, kept) = (await _data.AddShelfAsync(), await _data.AddShelfAsync());
        var file = ObjectId.GenerateNewId();
        await files.ReplaceAsync(file, "x", [1, 2, 3], default);
        var box = await _data.Things(Box).Find(b => b.ParentId == shelf).FirstAsync();
        await _data.Things(Box).UpdateOneAsync(b => b.Id == box.Id, Builders<Thing>.Update.Set(b => b.FileId, file));
        await _data.DeleteAsync(Shelf, shelf);
        var purge = _data.Data.Get<CascadePurge>();
        Assert.Equal(0, await purge.RunAsync(TimeProvider.System.GetUtcNow().AddDays(-30), default));
        Assert.Equal(1 + 2 + 20 + 20, await purge.RunAsync(TimeProvider.System.GetUtcNow().AddMinutes(1), default));
        Assert.Null(await files.TryOpenAsync(file, default));
        Assert.Equal(WriteStatus.NotFound, await _data.RestoreAsync(Shelf, shelf));
        Assert.Equal(20, await _data.Things(Item).CountDocumentsAsync(_ => true));
        Assert.Equal(WriteStatus.Done, await _data.DeleteAsync(Shelf, kept));
        Assert.Equal(0, await purge.RunAsync(TimeProvider.System.GetUtcNow().AddDays(-30), default));
    }
}
