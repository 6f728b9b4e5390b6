using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;

namespace MovieLms.Data.Analytics.Courses;

/// <summary>Enrollments of one status.</summary>
public sealed record StatusCount(EnrollmentStatus Status, int Count);

/// <summary>Grades from <paramref name="From"/> to below <paramref name="To"/>; the last band holds its upper end too.</summary>
public sealed record GradeBand(double From, double To, int Count);

/// <summary>How many attended a lecture.</summary>
public sealed record LectureAttendance(string LectureId, string Title, int Attended);

/// <summary>What a course's enrollments and lectures add up to.</summary>
/// <param name="EnrollmentsByStatus">By status name; a status of nobody is 0.</param>
/// <param name="Grades">Every band, empty ones too; withdrawn students do not count.</param>
/// <param name="Ungraded">Enrollments without a grade; withdrawn ones do not count.</param>
/// <param name="AverageGrade">Null when there is no grade.</param>
/// <param name="Attendance">In the course's order.</param>
public sealed record CourseReport(
    IReadOnlyList<StatusCount> EnrollmentsByStatus,
    IReadOnlyList<GradeBand> Grades,
    int Ungraded,
    double? AverageGrade,
    IReadOnlyList<LectureAttendance> Attendance
);

/// <summary>
/// Computes a course's report with one <c>$facet</c> over its enrollments
/// (https://www.mongodb.com/docs/manual/reference/operator/aggregation/facet/) and one <c>$lookup</c> from its lectures to their
/// attendance.
/// </summary>
public sealed class CourseAnalytics(IMongoDatabase database)
{
    private const double MaxGrade = 100;
    private static readonly double[] Bands = [0, 50, 60, 70, 80, 90, MaxGrade];

    /// <summary>Returns the report of a course. The caller must have checked access to it.</summary>
    public async Task<CourseReport> ReportAsync(CourseDocument course, CancellationToken cancellationToken)
    {
        var numbers = database.RunAsync<BsonDocument>(CoursePipelines.Enrollments(course.Id), cancellationToken);
        var lectures = database.RunAsync<BsonDocument>(CoursePipelines.Lectures(course.Id), cancellationToken);
        await Task.WhenAll(numbers, lectures);
        var facets =
            (await numbers).FirstOrDefault()
            ?? new BsonDocument
            {
                { "statuses", new BsonArray() },
                { "grades", new BsonArray() },
                { "mean", new BsonArray() },
            };
        var counts = ToCounts(facets["statuses"]);
        var grades = ToCounts(facets["grades"]);
        var mean = facets["mean"].AsBsonArray.FirstOrDefault()?["mean"];
        var positions = course.LectureOrder.Select((id, index) => (id, index)).ToDictionary(pair => pair.id, pair => pair.index);
        return new CourseReport(
            [.. Enum.GetValues<EnrollmentStatus>().Select(status => new StatusCount(status, counts.GetValueOrDefault(status.ToString())))],
            [.. Bands.Zip(Bands.Skip(1), (from, to) => new GradeBand(from, to, grades.GetValueOrDefault(from)))],
            grades.GetValueOrDefault("none"),
            mean is { IsNumeric: true } ? mean.ToDouble() : null,
            [
                .. (await lectures)
                    .OrderBy(lecture => positions.GetValueOrDefault(lecture["_id"].AsObjectId, int.MaxValue))
                    .Select(lecture => new LectureAttendance(
                        lecture["_id"].AsObjectId.ToString(),
                        lecture["title"].AsString,
                        lecture["attended"].ToInt32()
                    )),
            ]
        );
    }

    private static Dictionary<BsonValue, int> ToCounts(BsonValue groups) =>
        groups.AsBsonArray.ToDictionary(group => group["_id"], group => group["count"].ToInt32());
}
