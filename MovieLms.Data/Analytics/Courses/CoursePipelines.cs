using MongoDB.Bson;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Lectures;

namespace MovieLms.Data.Analytics.Courses;

/// <summary>The pipelines of a course's report, as <see cref="CourseAnalytics"/> runs them.</summary>
public static class CoursePipelines
{
    // The upper bounds of $bucket are exclusive. The last one is 101, so that a grade of 100 falls into the last band.
    private static readonly ExplainedStage Groupings = new(
        "Groups the enrollments in three ways in one pass: by status, by grade in bands, and for the average grade. Withdrawn students "
            + "have no part in the grades.",
        """
        { $facet: {
          statuses: [ { $group: { _id: "$status", count: { $sum: 1 } } }, { $sort: { _id: 1 } } ],
          grades: [
            { $match: { status: { $ne: "Withdrawn" } } },
            { $bucket: { groupBy: "$grade", boundaries: [ 0.0, 50.0, 60.0, 70.0, 80.0, 90.0, 101.0 ], default: "none", output: { count: { $sum: 1 } } } }
          ],
          mean: [ { $match: { status: { $ne: "Withdrawn" } } }, { $group: { _id: null, mean: { $avg: "$grade" } } } ]
        } }
        """
    );

    private static readonly ExplainedStage[] Attended =
    [
        new(
            "Looks up who attended each lecture.",
            """{ $lookup: { from: "attendance", localField: "_id", foreignField: "lectureId", as: "attended" } }"""
        ),
        new(
            "Counts the attendances that were not withdrawn and keeps the title.",
            """
            { $project: { title: 1, attended: { $size: { $filter: {
                input: "$attended", as: "one", cond: { $eq: [ { $ifNull: [ "$$one.deletedAt", null ] }, null ] } } } } } }
            """
        ),
        new("Gives the lectures a fixed order. The report shows them in the order of the course.", """{ $sort: { _id: 1 } }"""),
    ];

    /// <summary>Groups the enrollments of a course.</summary>
    public static ExplainedPipeline Enrollments(ObjectId courseId) =>
        new(EnrollmentEntity.Collection, [OfCourse("Keeps the enrollments of the course.", courseId), Groupings]);

    /// <summary>Counts the students who attended each lecture of a course.</summary>
    public static ExplainedPipeline Lectures(ObjectId courseId) =>
        new(LectureEntity.Collection, [OfCourse("Keeps the lectures of the course.", courseId), .. Attended]);

    private static ExplainedStage OfCourse(string explanation, ObjectId courseId) =>
        new(explanation, "$match", new BsonDocument { { LectureFields.CourseId, courseId }, { LectureFields.DeletedAt, BsonNull.Value } });
}
