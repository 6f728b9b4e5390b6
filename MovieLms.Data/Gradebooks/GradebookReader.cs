using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Assignments;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Lectures;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;
using MovieLms.Data.Submissions;

namespace MovieLms.Data.Gradebooks;

/// <summary>
/// Reads the gradebook of a course: one row per enrolled student, one column per assignment. The rows come from one aggregation that
/// starts with the enrollments and joins each with the student's name, submissions and attendance. It needs no sort and no group. The
/// caller checks access to the course.
/// </summary>
public sealed class GradebookReader(IMongoDatabase database)
{
    /// <summary>The only order of the rows: by the student's ID, which is the order of registration.</summary>
    public const string Sort = "studentId";

    private const int PageSize = 500;

    private static readonly BsonDocument[] Totals = PipelineText.Parse(
        """
        [ { $group: {
          _id: "$assignmentId",
          submitted: { $sum: 1 },
          late: { $sum: { $cond: [ "$current.isLate", 1, 0 ] } },
          graded: { $sum: { $cond: [ { $eq: [ { $ifNull: [ "$grade", null ] }, null ] }, 0, 1 ] } },
          average: { $avg: "$grade" }
        } } ]
        """
    );

    private static readonly IReadOnlyDictionary<ObjectId, BsonDocument> NoTotals = new Dictionary<ObjectId, BsonDocument>();

    private static readonly BsonDocument[] Names = PipelineText.Parse(
        $$"""
        [ { $lookup: {
          from: "{{CollectionNames.Users}}", localField: "studentId", foreignField: "_id", as: "user",
          pipeline: [ { $project: { username: 1, email: 1 } } ]
        } } ]
        """
    );

    private static readonly BsonDocument[] Row = PipelineText.Parse(
        """
        [ { $project: {
          _id: 0, enrollmentId: "$_id", studentId: 1, status: 1, grade: 1, submissions: 1,
          name: { $arrayElemAt: [ "$user.username", 0 ] },
          email: { $arrayElemAt: [ "$user.email", 0 ] },
          attended: { $size: "$attended" }
        } } ]
        """
    );

    /// <summary>Returns the columns. Their totals, of the students who are enrolled, are 0 unless they are requested.</summary>
    public async Task<GradebookColumns> GetColumnsAsync(ObjectId courseId, bool includesTotals, CancellationToken cancellationToken)
    {
        var assignments = ListAssignmentsAsync(courseId, cancellationToken);
        var lectures = database
            .GetCollection<BsonDocument>(LectureEntity.Collection)
            .CountDocumentsAsync(OfCourse(courseId), cancellationToken: cancellationToken);
        var totals = includesTotals ? GetTotalsAsync(courseId, cancellationToken) : Task.FromResult(NoTotals);
        await Task.WhenAll(assignments, lectures, totals);
        var byAssignment = await totals;
        return new GradebookColumns(
            [.. (await assignments).Select(assignment => ToColumn(assignment, byAssignment.GetValueOrDefault(assignment.Id)))],
            (int)await lectures
        );
    }

    /// <summary>Returns one page of rows. Uses the index <c>courseId_studentId_unique</c>.</summary>
    public async Task<Page<GradebookRow>> ListAsync(
        ObjectId courseId,
        GradebookColumns columns,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var enrolled = CourseSeats.Seated(courseId);
        var total = await database
            .GetCollection<BsonDocument>(EnrollmentEntity.Collection)
            .CountTotalAsync(enrolled, limit, cancellationToken);
        if (cursor is not null)
            enrolled.Add(EnrollmentFields.StudentId, new BsonDocument("$gt", cursor.Id));
        var rows = new List<GradebookRow>();
        await foreach (var row in ReadAsync(courseId, columns, enrolled, limit.Items + 1, cancellationToken))
            rows.Add(row);
        return Keyset.Page(rows, limit, Sort, row => (BsonNull.Value, row.StudentId), total);
    }

    /// <summary>Returns all rows. Reads them in pages, because DocumentDB joins all rows of a query before it returns the first.</summary>
    public async IAsyncEnumerable<GradebookRow> ReadAsync(
        ObjectId courseId,
        GradebookColumns columns,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var last = ObjectId.Empty;
        for (var count = PageSize; count == PageSize; )
        {
            count = 0;
            var next = CourseSeats.Seated(courseId).Add(EnrollmentFields.StudentId, new BsonDocument("$gt", last));
            await foreach (var row in ReadAsync(courseId, columns, next, PageSize, cancellationToken))
            {
                count++;
                last = row.StudentId;
                yield return row;
            }
        }
    }

    /// <summary>Returns a student's row; null if they are not enrolled. Uses the index <c>courseId_studentId_unique</c>.</summary>
    public async Task<GradebookRow?> FindAsync(
        ObjectId courseId,
        GradebookColumns columns,
        ObjectId studentId,
        CancellationToken cancellationToken
    )
    {
        var enrolled = CourseSeats.Seated(courseId).Add(EnrollmentFields.StudentId, studentId);
        await foreach (var row in ReadAsync(courseId, columns, enrolled, 1, cancellationToken))
        {
            return row;
        }

        return null;
    }

    private async IAsyncEnumerable<GradebookRow> ReadAsync(
        ObjectId courseId,
        GradebookColumns columns,
        BsonDocument enrolled,
        int limit,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        BsonDocument[] stages =
        [
            PipelineText.Stage("$match", enrolled),
            PipelineText.Stage("$sort", new BsonDocument(EnrollmentFields.StudentId, 1)),
            PipelineText.Stage("$limit", limit),
            .. Names,
            SubmissionsOf(courseId),
            AttendanceAt(courseId),
            .. Row,
        ];
        var known = columns.Assignments.Select(assignment => assignment.Id).ToHashSet();
        using var cursor = await database
            .GetCollection<BsonDocument>(EnrollmentEntity.Collection)
            .AggregateAsync(
                stages.ToPipeline<GradebookRow>(),
                new AggregateOptions { Hint = EnrollmentStore.StudentIndex, BatchSize = PageSize },
                cancellationToken
            );
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            foreach (var row in cursor.Current)
            {
                var submissions = row.Submissions.Where(submission => known.Contains(submission.AssignmentId)).ToList();
                yield return row with
                {
                    Submissions = submissions,
                };
            }
        }
    }

    /// <summary>Joins the student's submissions. Uses the index <c>studentId_gradedAt</c>.</summary>
    private static BsonDocument SubmissionsOf(ObjectId courseId) =>
        Joined(
            SubmissionEntity.Collection,
            "submissions",
            courseId,
            new BsonDocument
            {
                { "assignmentId", 1 },
                { "grade", 1 },
                { "submittedAt", "$current.submittedAt" },
                { "isLate", "$current.isLate" },
            }
        );

    /// <summary>Joins the student's attendance. Uses the index <c>studentId_attendedAt</c>.</summary>
    private static BsonDocument AttendanceAt(ObjectId courseId) =>
        Joined(AttendanceEntity.Collection, "attended", courseId, new BsonDocument("_id", 1));

    private static BsonDocument Joined(string collection, string name, ObjectId courseId, BsonDocument fields) =>
        PipelineText.Stage(
            "$lookup",
            new BsonDocument
            {
                { "from", collection },
                { "localField", EnrollmentFields.StudentId },
                { "foreignField", EnrollmentFields.StudentId },
                { "as", name },
                {
                    "pipeline",
                    new BsonArray { PipelineText.Stage("$match", OfCourse(courseId)), PipelineText.Stage("$project", fields) }
                },
            }
        );

    /// <summary>Returns the assignments in the order of their creation. Uses the index <c>courseId_createdAt_id</c>.</summary>
    private Task<List<AssignmentDocument>> ListAssignmentsAsync(ObjectId courseId, CancellationToken cancellationToken) =>
        database
            .GetCollection<AssignmentDocument>(AssignmentEntity.Collection)
            .Find(OfCourse(courseId))
            .Sort(Keyset.Sort(AssignmentFields.CreatedAt, descending: false))
            .Limit(GradebookLimits.Assignments)
            .ToListAsync(cancellationToken);

    /// <summary>Returns the totals per assignment, without students who withdrew. Uses the index <c>courseId_grade</c>.</summary>
    internal async Task<IReadOnlyDictionary<ObjectId, BsonDocument>> GetTotalsAsync(ObjectId courseId, CancellationToken cancellationToken)
    {
        var withdrawn = await database
            .GetCollection<BsonDocument>(EnrollmentEntity.Collection)
            .Find(OfCourse(courseId).Add(EnrollmentFields.Status, EnrollmentFields.Withdrawn))
            .Project(new BsonDocument(EnrollmentFields.StudentId, 1))
            .ToListAsync(cancellationToken);
        var counted = OfCourse(courseId);
        if (withdrawn.Count > 0)
        {
            var students = new BsonArray(withdrawn.Select(enrollment => enrollment[EnrollmentFields.StudentId]));
            counted.Add(SubmissionFields.StudentId, new BsonDocument("$nin", students));
        }

        BsonDocument[] stages = [PipelineText.Stage("$match", counted), .. Totals];
        using var cursor = await database
            .GetCollection<BsonDocument>(SubmissionEntity.Collection)
            .AggregateAsync(stages.ToPipeline<BsonDocument>(), cancellationToken: cancellationToken);
        return (await cursor.ToListAsync(cancellationToken)).ToDictionary(total => total["_id"].AsObjectId);
    }

    private static GradebookColumn ToColumn(AssignmentDocument assignment, BsonDocument? total) =>
        new(
            assignment.Id,
            assignment.Title,
            assignment.DueAt,
            total?["submitted"].ToInt32() ?? 0,
            total?["late"].ToInt32() ?? 0,
            total?["graded"].ToInt32() ?? 0,
            total?["average"] is { IsNumeric: true } average ? average.ToDouble() : null
        );

    private static BsonDocument OfCourse(ObjectId courseId) =>
        new() { { LectureFields.CourseId, courseId }, { LectureFields.DeletedAt, BsonNull.Value } };
}
