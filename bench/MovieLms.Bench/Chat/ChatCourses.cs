using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Application.Live;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;

namespace MovieLms.Bench.Chat;

/// <summary>Creates courses with students, whose rooms the clients join.</summary>
internal static class ChatCourses
{
    /// <summary>Creates a course for every group of users, and returns the names of the rooms.</summary>
    internal static async Task<string[]> CreateAsync(string database, IEnumerable<SignedInUser[]> groups)
    {
        using var mongo = new MongoClient(database);
        var db = mongo.GetDatabase(MongoUrl.Create(database).DatabaseName);
        var rooms = new List<string>();
        foreach (var group in groups)
        {
            var course = ObjectId.GenerateNewId();
            await db.GetCollection<BsonDocument>(CourseEntity.Collection)
                .InsertOneAsync(
                    new BsonDocument
                    {
                        { "_id", course },
                        { "title", "Course" },
                        { "titleKey", $"course {course}" },
                        { "words", new BsonArray() },
                        { "price", BsonDecimal128.Create(0m) },
                        { "currency", "EUR" },
                        { "status", "Published" },
                        { "ownerId", ObjectId.GenerateNewId() },
                    }
                );
            await db.GetCollection<BsonDocument>(EnrollmentEntity.Collection)
                .InsertManyAsync(
                    group.Select(user => new BsonDocument
                    {
                        { "courseId", course },
                        { "studentId", user.Id },
                        { "status", "Active" },
                    })
                );
            rooms.Add(RoomNames.Course(course.ToString()));
        }
        return [.. rooms];
    }
}
