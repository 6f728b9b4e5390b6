using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Courses;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Lectures;

/// <summary>Lectures in the order of their course, with their movies' titles.</summary>
public sealed class LectureLists(IMongoDatabase database)
{
    /// <summary>The only order: the order of the course.</summary>
    public const string Sort = "order";

    // A deleted movie is not returned.
    private static readonly BsonDocument[] WithMovie = PipelineText.Parse(
        $$"""
        [
          { $lookup: { from: "{{MovieEntity.Collection}}", localField: "movieId", foreignField: "_id", as: "movies" } },
          { $project: {
            _id: 0,
            lecture: "$$ROOT",
            movies: { $filter: { input: "$movies", as: "movie", cond: { $eq: [ { $ifNull: [ "$$movie.deletedAt", null ] }, null ] } } }
          } },
          { $project: {
            lecture: 1,
            film: { $cond: [
              { $gt: [ { $size: "$movies" }, 0 ] },
              { _id: { $arrayElemAt: [ "$movies._id", 0 ] }, title: { $arrayElemAt: [ "$movies.title", 0 ] } },
              null
            ] }
          } }
        ]
        """
    );

    private readonly IMongoCollection<LectureDocument> _lectures = database.GetCollection<LectureDocument>(LectureEntity.Collection);

    /// <summary>
    /// Returns one page. The cursor is the last lecture and its position: after the order has changed, the page starts after that
    /// lecture at its new position. Positions without a lecture are skipped, so a page may be short.
    /// </summary>
    public async Task<Page<LectureView>> ListAsync(
        CourseDocument course,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var live = new BsonDocument { { LectureFields.CourseId, course.Id }, { LectureFields.DeletedAt, BsonNull.Value } };
        var total = await _lectures.CountTotalAsync(live, limit, cancellationToken);
        var order = course.LectureOrder.ToList();
        var start = cursor is null ? 0 : (order.IndexOf(cursor.Id) is >= 0 and var position ? position : cursor.Key.AsInt32) + 1;
        var ids = order.Skip(start).Take(limit.Items).ToList();
        var found = await ReadAsync(live.Add(LectureFields.Id, new BsonDocument("$in", new BsonArray(ids))), cancellationToken);
        var end = start + limit.Items;
        var next = end < order.Count ? new PageCursor(Sort, end - 1, ids[^1]).Encode() : null;
        return new Page<LectureView>([.. found.OrderBy(view => ids.IndexOf(view.Lecture.Id))], next) { Total = total };
    }

    /// <summary>Returns a lecture of a course, or null.</summary>
    public async Task<LectureView?> GetAsync(ObjectId courseId, ObjectId id, CancellationToken cancellationToken) =>
        (await ReadAsync(LectureFields.Live(courseId, id), cancellationToken)).FirstOrDefault();

    private async Task<List<LectureView>> ReadAsync(BsonDocument filter, CancellationToken cancellationToken) =>
        await _lectures
            .Aggregate()
            .Match(filter)
            .AppendStage<BsonDocument>(WithMovie[0])
            .AppendStage<BsonDocument>(WithMovie[1])
            .AppendStage<LectureView>(WithMovie[2])
            .ToListAsync(cancellationToken);
}
