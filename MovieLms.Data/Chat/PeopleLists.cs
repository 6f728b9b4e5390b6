using System.Text.RegularExpressions;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Chat;

/// <summary>A user to whom another may send direct messages.</summary>
public sealed record PersonView
{
    public ObjectId Id { get; init; }

    /// <summary>The name that others see.</summary>
    public required string Name { get; init; }
}

/// <summary>
/// Lists the active users who share a course with a user: students of the same courses, their instructors, and the students of courses
/// that the user owns. <see cref="DirectRoomAccess"/> allows direct messages to each of them. Archived courses do not count.
/// </summary>
public sealed class PeopleLists(IMongoDatabase database, CourseLists courses)
{
    /// <summary>The only order of lists: by ID, which is the order of registration.</summary>
    public const string Sort = "id";

    /// <summary>Returns one page. Uses the index <c>courseId_studentId_unique</c>.</summary>
    /// <param name="access">The user, and whether they may own courses.</param>
    /// <param name="search">Each word must be a prefix of a word of the name; null for everyone.</param>
    /// <param name="cursor">The position at which the page starts; null for the first page.</param>
    /// <param name="limit">Maximum number of people.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    public async Task<Page<PersonView>> ListAsync(
        CourseAccess access,
        string? search,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        if (ActiveUsers(search) is not { } users)
            return Page<PersonView>.Empty(limit);
        var shared = await ListCoursesAsync(access, cancellationToken);
        var others = new BsonDocument("$ne", access.UserId);
        var enrollments = database.GetCollection<BsonDocument>(EnrollmentEntity.Collection);
        var total = await enrollments.CountTotalAsync(Match(shared, others, users), limit, EnrollmentStore.StudentIndex, cancellationToken);
        if (cursor is not null)
            others.Add("$gt", cursor.Id);
        BsonDocument[] stages =
        [
            .. Match(shared, others, users),
            PipelineText.Stage("$limit", limit.Items + 1),
            PipelineText.Stage("$project", new BsonDocument("name", "$user.username")),
        ];
        using var found = await enrollments.AggregateAsync(
            stages.ToPipeline<PersonView>(),
            new AggregateOptions { Hint = EnrollmentStore.StudentIndex },
            cancellationToken
        );
        var people = await found.ToListAsync(cancellationToken);
        return Keyset.Page(people, limit, Sort, person => (BsonNull.Value, person.Id), total);
    }

    /// <summary>Returns the stages that find the people of courses, by ID, each with their <c>user</c>.</summary>
    /// <param name="shared">The courses.</param>
    /// <param name="ids">The condition on the people's IDs.</param>
    /// <param name="users">The <c>$lookup</c> stage that finds a person's active user.</param>
    private static BsonDocument[] Match(IReadOnlyList<ObjectId> shared, BsonDocument ids, BsonDocument users)
    {
        var students = Lifecycle
            .Live()
            .Add(EnrollmentFields.CourseId, In(shared))
            .Add(EnrollmentFields.Status, new BsonDocument("$ne", EnrollmentFields.Withdrawn))
            .Add(EnrollmentFields.StudentId, ids);
        var owners = Lookups.ById(shared).Add(CourseFields.DeletedAt, BsonNull.Value).Add(CourseFields.OwnerId, ids);
        // Sorted before the lookup, so that a page without a search reads few users.
        return
        [
            PipelineText.Stage("$match", students),
            PipelineText.Stage("$group", new BsonDocument("_id", "$" + EnrollmentFields.StudentId)),
            PipelineText.Stage(
                "$unionWith",
                new BsonDocument
                {
                    { "coll", CourseEntity.Collection },
                    {
                        "pipeline",
                        new BsonArray
                        {
                            PipelineText.Stage("$match", owners),
                            PipelineText.Stage("$project", new BsonDocument("_id", "$" + CourseFields.OwnerId)),
                        }
                    },
                }
            ),
            PipelineText.Stage("$group", new BsonDocument("_id", "$_id")),
            PipelineText.Stage("$sort", new BsonDocument("_id", 1)),
            users,
            PipelineText.Stage("$unwind", "$user"),
        ];
    }

    /// <summary>
    /// Returns the courses that the user takes or owns. Uses the indexes <c>studentId_enrolledAt_id</c> and <c>ownerId_titleKey_id</c>.
    /// </summary>
    private async Task<IReadOnlyList<ObjectId>> ListCoursesAsync(CourseAccess access, CancellationToken cancellationToken)
    {
        var taken = database
            .GetCollection<BsonDocument>(EnrollmentEntity.Collection)
            .Find(
                Lifecycle
                    .Live()
                    .Add(EnrollmentFields.StudentId, access.UserId)
                    .Add(EnrollmentFields.Status, new BsonDocument("$ne", EnrollmentFields.Withdrawn))
            )
            .Sort(Keyset.Sort(EnrollmentFields.EnrolledAt, descending: true))
            .Limit(ChatLimits.Rooms)
            .Project(new BsonDocument(EnrollmentFields.CourseId, 1))
            .ToListAsync(cancellationToken);
        var owned = courses.ListOwnedAsync(access, ChatLimits.Rooms, cancellationToken);
        await Task.WhenAll(taken, owned);
        return
        [
            .. (await taken).Select(enrollment => enrollment[EnrollmentFields.CourseId].AsObjectId),
            .. (await owned).Select(course => course.Id),
        ];
    }

    /// <summary>Joins the active users whose names match; null for a search that cannot match.</summary>
    private static BsonDocument? ActiveUsers(string? search)
    {
        var matching = Lifecycle.Live();
        if (search is not null)
        {
            var words = SearchWords.Of(search);
            if (words.Count == 0)
                return null;
            var prefixes = words.Select(word => new BsonDocument("nameWords", new BsonRegularExpression("^" + Regex.Escape(word))));
            matching.Add("$and", new BsonArray(prefixes));
        }

        return PipelineText.Stage(
            "$lookup",
            new BsonDocument
            {
                { "from", CollectionNames.Users },
                { "localField", "_id" },
                { "foreignField", "_id" },
                { "as", "user" },
                {
                    "pipeline",
                    new BsonArray
                    {
                        PipelineText.Stage("$match", matching),
                        PipelineText.Stage("$project", new BsonDocument("username", 1)),
                    }
                },
            }
        );
    }

    private static BsonDocument In(IEnumerable<ObjectId> ids) => new("$in", new BsonArray(ids));
}
