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

/// <summary>The queries that only start pages need, across several courses.</summary>
public sealed class DashboardQueries(IMongoDatabase database)
{
    private static readonly BsonDocument[] Counted = PipelineText.Parse(
        """
        [
          { $group: { _id: "$assignmentId", course: { $first: "$courseId" }, count: { $sum: 1 } } },
          { $sort: { count: -1, _id: 1 } }
        ]
        """
    );

    private static readonly BsonDocument[] Titled = PipelineText.Parse(
        $$"""
        [
          { $lookup: { from: "{{AssignmentEntity.Collection}}", localField: "_id", foreignField: "_id", as: "assignment" } },
          { $unwind: "$assignment" },
          { $project: { course: 1, count: 1, title: "$assignment.title" } }
        ]
        """
    );

    private static readonly BsonDocument EndOfLecture = PipelineText.Parse(
        $$"""
        [ { $add: [
          "${{LectureFields.StartsAt}}",
          { $multiply: [ { $ifNull: [ "${{LectureFields.DurationMinutes}}", {{AttendanceWindow.DefaultDurationMinutes}} ] }, 60000 ] }
        ] } ]
        """
    )[0];

    private readonly IMongoCollection<BsonDocument> _submissions = database.GetCollection<BsonDocument>(SubmissionEntity.Collection);

    /// <summary>Returns the title and visibility of courses by ID. Deleted courses are left out.</summary>
    internal async Task<IReadOnlyDictionary<ObjectId, (string Title, bool IsPublished)>> GetCoursesAsync(
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
            return new Dictionary<ObjectId, (string, bool)>();
        var found = await database
            .GetCollection<BsonDocument>(CourseEntity.Collection)
            .Find(Lookups.ById(ids.Distinct()).Add(CourseFields.DeletedAt, BsonNull.Value))
            .Project(new BsonDocument { { CourseFields.Title, 1 }, { CourseFields.Status, 1 } })
            .ToListAsync(cancellationToken);
        return found.ToDictionary(
            course => course[CourseFields.Id].AsObjectId,
            course => (course[CourseFields.Title].AsString, course[CourseFields.Status] == CourseFields.Published)
        );
    }

    /// <summary>Returns titles of assignments by ID. Deleted assignments are left out.</summary>
    internal async Task<IReadOnlyDictionary<ObjectId, string>> GetAssignmentTitlesAsync(
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
            return new Dictionary<ObjectId, string>();
        var live = Lookups.ById(ids).Add(AssignmentFields.DeletedAt, BsonNull.Value);
        var found = await database
            .GetCollection<BsonDocument>(AssignmentEntity.Collection)
            .FieldsOfAsync(live, AssignmentFields.Title, cancellationToken);
        return found.ToDictionary(assignment => assignment.Id, assignment => assignment.Value.AsString);
    }

    /// <summary>
    /// Returns lectures that have not ended at a time, earliest start first. Uses the index <c>courseId_startsAt_id</c>, and reads no
    /// lecture that started before the longest possible duration.
    /// </summary>
    internal async Task<IReadOnlyList<LectureDocument>> ListUpcomingLecturesAsync(
        IReadOnlyCollection<ObjectId> courses,
        DateTimeOffset at,
        int limit,
        CancellationToken cancellationToken
    )
    {
        if (courses.Count == 0)
            return [];
        var filter = From(courses, LectureFields.StartsAt, at.AddMinutes(-LectureLimits.DurationMinutes))
            .Add("$expr", new BsonDocument("$gt", new BsonArray { EndOfLecture, new BsonDateTime(at.UtcDateTime) }));
        return await database
            .GetCollection<LectureDocument>(LectureEntity.Collection)
            .Find(filter)
            .Sort(Keyset.Sort(LectureFields.StartsAt, descending: false))
            .Limit(limit)
            .ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Returns assignments that are due at a time or later, without the submitted ones, earliest first. Uses the index
    /// <c>courseId_dueAt_id</c>.
    /// </summary>
    internal async Task<IReadOnlyList<AssignmentDocument>> ListDueAsync(
        IReadOnlyCollection<ObjectId> courses,
        IReadOnlyCollection<ObjectId> submitted,
        DateTimeOffset from,
        int limit,
        CancellationToken cancellationToken
    )
    {
        if (courses.Count == 0)
            return [];
        var filter = From(courses, AssignmentFields.DueAt, from)
            .Add(AssignmentFields.Id, new BsonDocument("$nin", new BsonArray(submitted)));
        return await database
            .GetCollection<AssignmentDocument>(AssignmentEntity.Collection)
            .Find(filter)
            .Sort(Keyset.Sort(AssignmentFields.DueAt, descending: false))
            .Limit(limit)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Returns the IDs of the assignments that a student has submitted. Uses the index <c>studentId_gradedAt</c>.</summary>
    internal async Task<IReadOnlyList<ObjectId>> ListSubmittedAsync(ObjectId studentId, CancellationToken cancellationToken)
    {
        var found = await _submissions
            .Find(Lifecycle.Live().Add(SubmissionFields.StudentId, studentId))
            .Sort(new BsonDocument(SubmissionFields.GradedAt, -1))
            .Limit(DashboardLimits.Submissions)
            .Project(new BsonDocument(SubmissionFields.AssignmentId, 1))
            .ToListAsync(cancellationToken);
        return [.. found.Select(submission => submission[SubmissionFields.AssignmentId].AsObjectId)];
    }

    /// <summary>
    /// Returns a student's graded submissions without their texts, latest grade first. Uses the index <c>studentId_gradedAt</c>.
    /// </summary>
    internal async Task<IReadOnlyList<SubmissionDocument>> ListGradedAsync(
        ObjectId studentId,
        int limit,
        CancellationToken cancellationToken
    ) =>
        await database
            .GetCollection<SubmissionDocument>(SubmissionEntity.Collection)
            .Find(
                Lifecycle
                    .Live()
                    .Add(SubmissionFields.StudentId, studentId)
                    .Add(SubmissionFields.GradedAt, new BsonDocument("$gt", new BsonDateTime(0)))
            )
            .Sort(new BsonDocument(SubmissionFields.GradedAt, -1))
            .Limit(limit)
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
    /// Counts the ungraded submissions per assignment of some courses, most submissions first. Uses the index <c>courseId_grade</c>.
    /// </summary>
    internal async Task<IReadOnlyList<(ObjectId AssignmentId, ObjectId CourseId, string Title, int Count)>> CountUngradedAsync(
        IReadOnlyCollection<ObjectId> courses,
        int limit,
        CancellationToken cancellationToken
    )
    {
        if (courses.Count == 0)
            return [];
        BsonDocument[] stages =
        [
            PipelineText.Stage(
                "$match",
                Lifecycle.Live().Add(SubmissionFields.CourseId, In(courses)).Add(SubmissionFields.Grade, BsonNull.Value)
            ),
            PipelineText.Stage("$limit", DashboardLimits.Submissions),
            .. Counted,
            PipelineText.Stage("$limit", limit),
            .. Titled,
        ];
        using var cursor = await _submissions.AggregateAsync(stages.ToPipeline<BsonDocument>(), cancellationToken: cancellationToken);
        var found = await cursor.ToListAsync(cancellationToken);
        return
        [
            .. found.Select(item => (item["_id"].AsObjectId, item["course"].AsObjectId, item["title"].AsString, item["count"].ToInt32())),
        ];
    }

    private static BsonDocument From(IReadOnlyCollection<ObjectId> courses, string field, DateTimeOffset from) =>
        Lifecycle.Live().Add(LectureFields.CourseId, In(courses)).Add(field, new BsonDocument("$gte", new BsonDateTime(from.UtcDateTime)));

    private static BsonDocument In(IEnumerable<ObjectId> ids) => new("$in", new BsonArray(ids));
}
