using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Assignments;
using MovieLms.Data.Imports;
using MovieLms.Data.Storage;
using MovieLms.Data.Submissions;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Imports;

public sealed class OrphanedFilesTests(DataFixture data) : IClassFixture<DataFixture>
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Old_files_that_no_document_references_are_removed()
    {
        var (assignment, student) = (
            new AssignmentDocument
            {
                Id = ObjectId.GenerateNewId(),
                CourseId = ObjectId.GenerateNewId(),
                Title = "A scene",
            },
            ObjectId.GenerateNewId()
        );
        var (earlier, current, upload) = (await FileAsync(2), await FileAsync(2), await FileAsync(2));
        foreach (var id in new[] { earlier, current })
            Assert.NotNull((await data.Get<SubmissionStore>().SubmitAsync(assignment, student, null, (id, "a", 1), default)).Value);
        await data.Get<ImportStore>().BeginUploadAsync(upload, ImportKind.Todos, student, null, 5, default);
        var report = (await Collection(CollectionNames.Imports).Find(new BsonDocument("_id", upload)).SingleAsync())["reportId"].AsObjectId;
        await FileAsync(2, report);
        // A retried upload can have an ID that is older than its file.
        var (orphan, recent, retried) = (
            await FileAsync(2),
            await FileAsync(0),
            await FileAsync(0, ObjectId.GenerateNewId(Now.UtcDateTime.AddDays(-2)))
        );
        var (partial, slow) = (await PartialAsync(25), await PartialAsync(23));

        var sweep = data.Get<OrphanedFiles>();
        Assert.Equal(2, await sweep.SweepAsync(Now.AddHours(-1), Now.AddHours(-24), default));
        foreach (var id in new[] { earlier, current, upload, report, recent, retried, slow })
            Assert.Equal(1, await ChunksAsync(id));
        foreach (var id in new[] { orphan, partial })
            Assert.Equal((0, 0), (await ChunksAsync(id), await Collection("files.files").CountDocumentsAsync(new BsonDocument("_id", id))));
        Assert.Equal(0, await sweep.SweepAsync(Now.AddHours(-1), Now.AddHours(-24), default));
    }

    [Fact]
    public async Task Orphans_in_several_batches_are_removed_in_one_run()
    {
        for (var i = 0; i < 1_100; i++)
            await PartialAsync(100 + i);
        Assert.True(await data.Get<OrphanedFiles>().SweepAsync(Now.AddHours(-99), Now.AddHours(-99), default) >= 1_100);
    }

    /// <summary>Stores a complete file that was uploaded some hours ago.</summary>
    private async Task<ObjectId> FileAsync(int hours, ObjectId? id = null)
    {
        var file = id ?? ObjectId.GenerateNewId(Now.UtcDateTime.AddHours(-hours));
        await data.Get<UploadStore>().ReplaceAsync(file, "a", [1], default);
        await Collection("files.files")
            .UpdateOneAsync(
                new BsonDocument("_id", file),
                new BsonDocument("$set", new BsonDocument("uploadDate", Now.AddHours(-hours).UtcDateTime))
            );
        return file;
    }

    /// <summary>Stores only a chunk, as during an upload.</summary>
    private async Task<ObjectId> PartialAsync(int hours)
    {
        var file = ObjectId.GenerateNewId(Now.UtcDateTime.AddHours(-hours));
        await Collection("files.chunks")
            .InsertOneAsync(
                new BsonDocument
                {
                    { "files_id", file },
                    { "n", 0 },
                    { "data", new BsonBinaryData([1]) },
                }
            );
        return file;
    }

    private Task<long> ChunksAsync(ObjectId file) => Collection("files.chunks").CountDocumentsAsync(new BsonDocument("files_id", file));

    private IMongoCollection<BsonDocument> Collection(string name) => data.Database.GetCollection<BsonDocument>(name);
}
