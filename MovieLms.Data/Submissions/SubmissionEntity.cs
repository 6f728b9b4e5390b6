using MovieLms.Data.Assignments;
using MovieLms.Data.Courses;
using MovieLms.Data.Identity;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Submissions;

/// <summary>Declares submissions. A submission is deleted and restored with its assignment and its student.</summary>
public static class SubmissionEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "submission";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "submissions";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(SubmissionDocument))
        {
            References =
            [
                new(SubmissionFields.AssignmentId, AssignmentEntity.Name, OnDelete.Cascade),
                new(SubmissionFields.StudentId, IdentityEntities.User, OnDelete.Cascade),
                new(SubmissionFields.CourseId, CourseEntity.Name, OnDelete.Keep),
            ],
            Files = ["current.fileId", "history.fileId"],
            UniqueTogether = [SubmissionFields.AssignmentId, SubmissionFields.StudentId],
        };
}
