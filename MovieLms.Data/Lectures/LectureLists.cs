using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Courses;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Lectures;

/// <summary>Lectures in the order of their course, with their movies' titles.</summary>
public sealed class LectureLists(IMongoDatabase database)
{
    /// <summary>The only order: the order of the course.</summary>
    public const string Sort = "order";

    private readonly IMongoCollection<LectureDocument> _lectures = database.GetCollection<LectureDocument>(CollectionNames.Lectures);

    /// <summary>
    /// Returns one page. The cursor is the last lecture and its position: after the order has changed, the page starts after that
    /// lecture at its new position. Positions without a lecture are skipped, so a page may be short.
    /// </summary>
    public async Task<Page<LectureView>> ListAsync(
        CourseDocument course,
        PageCursor? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var order = course.LectureOrder.ToList();
        var start = cursor is null ? 0 : (order.IndexOf(cursor.Id) is >= 0 and var position ? position : cursor.Key.AsInt32) + 1;
        var ids = order.Skip(start).Take(limit).ToList();
        var found = await ReadAsync(
            new BsonDocument
            {
                { LectureFields.Id, new BsonDocument("$in", new BsonArray(ids)) },
                { LectureFields.CourseId, course.Id },
                { LectureFields.DeletedAt, BsonNull.Value },
            },
            cancellationToken
        );
        var next = start + limit < order.Count ? new PageCursor(Sort, start + limit - 1, ids[^1]).Encode() : null;
        return new Page<LectureView>([.. found.OrderBy(view => ids.IndexOf(view.Lecture.Id))], next);
    }

    /// <summary>Returns a lecture of a course, or null.</summary>
    public async Task<LectureView?> GetAsync(ObjectId courseId, ObjectId id, CancellationToken cancellationToken) =>
        (await ReadAsync(LectureFields.Live(courseId, id), cancellationToken)).FirstOrDefault();

    private async Task<List<LectureView>> ReadAsync(BsonDocument filter, CancellationToken cancellationToken) =>
        await _lectures
            .Aggregate()
            .Match(filter)
            .AppendStage<BsonDocument>(
                new BsonDocument(
                    "$lookup",
                    new BsonDocument
                    {
                        { "from", CollectionNames.Movies },
                        { "localField", LectureFields.MovieId },
                        { "foreignField", "_id" },
                        { "as", "films" },
                    }
                )
            )
            .AppendStage<BsonDocument>(
                new BsonDocument(
                    "$project",
                    new BsonDocument
                    {
                        { "_id", 0 },
                        { "lecture", "$$ROOT" },
                        {
                            "films",
                            new BsonDocument(
                                "$filter",
                                new BsonDocument
                                {
                                    { "input", "$films" },
                                    { "as", "film" },
                                    {
                                        "cond",
                                        new BsonDocument(
                                            "$eq",
                                            new BsonArray
                                            {
                                                new BsonDocument("$ifNull", new BsonArray { "$$film.deletedAt", BsonNull.Value }),
                                                BsonNull.Value,
                                            }
                                        )
                                    },
                                }
                            )
                        },
                    }
                )
            )
            .AppendStage<LectureView>(
                new BsonDocument(
                    "$project",
                    new BsonDocument
                    {
                        { "lecture", 1 },
                        {
                            "film",
                            new BsonDocument(
                                "$cond",
                                new BsonArray
                                {
                                    new BsonDocument("$gt", new BsonArray { new BsonDocument("$size", "$films"), 0 }),
                                    new BsonDocument
                                    {
                                        { "_id", new BsonDocument("$arrayElemAt", new BsonArray { "$films._id", 0 }) },
                                        { "title", new BsonDocument("$arrayElemAt", new BsonArray { "$films.title", 0 }) },
                                    },
                                    BsonNull.Value,
                                }
                            )
                        },
                    }
                )
            )
            .ToListAsync(cancellationToken);
}
