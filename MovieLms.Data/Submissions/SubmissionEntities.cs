using MovieLms.Data.Assignments;
using MovieLms.Data.Courses;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Submissions;

/// <summary>
/// Assignments and submissions among the entities: an assignment goes with its course, a submission with its assignment or its student.
/// </summary>
public static class SubmissionEntities
{
    /// <summary>The assignment's name among the entities.</summary>
    public const string Assignment = "assignment";

    internal static IReadOnlyList<Entity> Declarations { get; } =
    [
        new(Assignment, CollectionNames.Assignments, typeof(AssignmentDocument))
        {
            References = [new(AssignmentFields.CourseId, CourseEntities.Course, OnDelete.Cascade)],
        },
        new("submission", CollectionNames.Submissions, typeof(SubmissionDocument))
        {
            References =
            [
                new(SubmissionFields.AssignmentId, Assignment, OnDelete.Cascade),
                new(SubmissionFields.StudentId, "user", OnDelete.Cascade),
                new(SubmissionFields.CourseId, CourseEntities.Course, OnDelete.Keep),
            ],
            Files = ["current.fileId", "history.fileId"],
            UniqueTogether = [SubmissionFields.AssignmentId, SubmissionFields.StudentId],
        },
    ];
}
