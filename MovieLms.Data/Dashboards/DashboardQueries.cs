using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Assignments;
using MovieLms.Data.Courses;
using MovieLms.Data.Lectures;
using MovieLms.Data.Paging;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;
using MovieLms.Data.Submissions;

namespace MovieLms.Data.Dashboards;

/// <summary>The queries of start pages that no list has: over several courses at once, or one student's work in all of them.</summary>
public sealed class DashboardQueries(IMongoDatabase database)
{
    private readonly IMongoCollection<BsonDocument> _submissions = database.GetCollection<BsonDocument>(CollectionNames.Submissions);

    /// <summary>Title, and whether students see it, of each course that is not deleted.</summary>
    internal async Task<IReadOnlyDictionary<ObjectId, (string Title, bool IsPublished)>> CoursesAsync(
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
            return new Dictionary<ObjectId, (string, bool)>();
        var found = await database
            .GetCollection<BsonDocument>(CollectionNames.Courses)
            .Find(Lookups.ById(ids.Distinct()).Add(CourseFields.DeletedAt, BsonNull.Value))
            .Project(new BsonDocument { { CourseFields.Title, 1 }, { CourseFields.Status, 1 } })
            .ToListAsync(cancellationToken);
        return found.ToDictionary(
            course => course[CourseFields.Id].AsObjectId,
            course => (course[CourseFields.Title].AsString, course[CourseFields.Status] == CourseFields.Published)
        );
    }

    /// <summary>Titles of assignments by id; deleted ones are left out.</summary>
    internal async Task<IReadOnlyDictionary<ObjectId, string>> AssignmentTitlesAsync(
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
            return new Dictionary<ObjectId, string>();
        var live = Lookups.ById(ids).Add(AssignmentFields.DeletedAt, BsonNull.Value);
        var found = await database
            .GetCollection<BsonDocument>(CollectionNames.Assignments)
            .FieldsOfAsync(live, AssignmentFields.Title, cancellationToken);
        return found.ToDictionary(assignment => assignment.Id, assignment => assignment.Value.AsString);
    }

    /// <summary>Lectures that begin at the moment or later, the next first. Uses the index <c>courseId_startsAt_id</c>.</summary>
    internal async Task<IReadOnlyList<LectureDocument>> LecturesAsync(
        IReadOnlyCollection<ObjectId> courses,
        DateTimeOffset from,
        int most,
        CancellationToken cancellationToken
    )
    {
        if (courses.Count == 0)
            return [];
        return await database
            .GetCollection<LectureDocument>(CollectionNames.Lectures)
            .Find(Coming(courses, LectureFields.StartsAt, from))
            .Sort(Keyset.Sort(LectureFields.StartsAt, descending: false))
            .Limit(most)
            .ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Assignments that are due at the moment or later and are none of those handed in, the first due first. Uses the index
    /// <c>courseId_dueAt_id</c>.
    /// </summary>
    internal async Task<IReadOnlyList<AssignmentDocument>> DueAsync(
        IReadOnlyCollection<ObjectId> courses,
        IReadOnlyCollection<ObjectId> handedIn,
        DateTimeOffset from,
        int most,
        CancellationToken cancellationToken
    )
    {
        if (courses.Count == 0)
            return [];
        var filter = Coming(courses, AssignmentFields.DueAt, from)
            .Add(AssignmentFields.Id, new BsonDocument("$nin", new BsonArray(handedIn)));
        return await database
            .GetCollection<AssignmentDocument>(CollectionNames.Assignments)
            .Find(filter)
            .Sort(Keyset.Sort(AssignmentFields.DueAt, descending: false))
            .Limit(most)
            .ToListAsync(cancellationToken);
    }

    /// <summary>The assignments that a student has handed in. Uses the index <c>studentId_gradedAt</c>.</summary>
    internal async Task<IReadOnlyList<ObjectId>> HandedInAsync(ObjectId studentId, CancellationToken cancellationToken)
    {
        var found = await _submissions
            .Find(Lifecycle.Live().Add(SubmissionFields.StudentId, studentId))
            .Sort(new BsonDocument(SubmissionFields.GradedAt, -1))
            .Limit(DashboardLimits.Submissions)
            .Project(new BsonDocument(SubmissionFields.AssignmentId, 1))
            .ToListAsync(cancellationToken);
        return [.. found.Select(submission => submission[SubmissionFields.AssignmentId].AsObjectId)];
    }

    /// <summary>A student's graded work, graded last first, without texts. Uses the index <c>studentId_gradedAt</c>.</summary>
    internal async Task<IReadOnlyList<SubmissionDocument>> GradedAsync(ObjectId studentId, int most, CancellationToken cancellationToken) =>
        await database
            .GetCollection<SubmissionDocument>(CollectionNames.Submissions)
            .Find(
                Lifecycle
                    .Live()
                    .Add(SubmissionFields.StudentId, studentId)
                    .Add(SubmissionFields.GradedAt, new BsonDocument("$gt", new BsonDateTime(0)))
            )
            .Sort(new BsonDocument(SubmissionFields.GradedAt, -1))
            .Limit(most)
            .Project<SubmissionDocument>(
                new BsonDocument
                {
                    { "current.text", 0 },
                    { "history", 0 },
                    { "gradeChanges", 0 },
                    { "feedback", 0 },
                }
            )
            .ToListAsync(cancellationToken);

    /// <summary>
    /// How much work waits for a grade in each assignment of some courses, the most first. Uses the index <c>courseId_grade</c>.
    /// </summary>
    internal async Task<IReadOnlyList<(ObjectId AssignmentId, ObjectId CourseId, string Title, int Count)>> WaitingAsync(
        IReadOnlyCollection<ObjectId> courses,
        int most,
        CancellationToken cancellationToken
    )
    {
        if (courses.Count == 0)
            return [];
        var found = await _submissions
            .Aggregate<BsonDocument>(
                new BsonDocument[]
                {
                    new("$match", Lifecycle.Live().Add(SubmissionFields.CourseId, In(courses)).Add(SubmissionFields.Grade, BsonNull.Value)),
                    new("$limit", DashboardLimits.Submissions),
                    new(
                        "$group",
                        new BsonDocument
                        {
                            { "_id", "$" + SubmissionFields.AssignmentId },
                            { "course", new BsonDocument("$first", "$" + SubmissionFields.CourseId) },
                            { "count", new BsonDocument("$sum", 1) },
                        }
                    ),
                    new("$sort", new BsonDocument { { "count", -1 }, { "_id", 1 } }),
                    new("$limit", most),
                    new(
                        "$lookup",
                        new BsonDocument
                        {
                            { "from", CollectionNames.Assignments },
                            { "localField", "_id" },
                            { "foreignField", "_id" },
                            { "as", "assignment" },
                        }
                    ),
                    new("$unwind", "$assignment"),
                    new(
                        "$project",
                        new BsonDocument
                        {
                            { "course", 1 },
                            { "count", 1 },
                            { "title", "$assignment.title" },
                        }
                    ),
                },
                cancellationToken: cancellationToken
            )
            .ToListAsync(cancellationToken);
        return [.. found.Select(one => (one["_id"].AsObjectId, one["course"].AsObjectId, one["title"].AsString, one["count"].ToInt32()))];
    }

    private static BsonDocument Coming(IReadOnlyCollection<ObjectId> courses, string field, DateTimeOffset from) =>
        Lifecycle.Live().Add(LectureFields.CourseId, In(courses)).Add(field, new BsonDocument("$gte", new BsonDateTime(from.UtcDateTime)));

    private static BsonDocument In(IEnumerable<ObjectId> ids) => new("$in", new BsonArray(ids));
}
