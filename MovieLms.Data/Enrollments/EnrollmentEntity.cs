using MovieLms.Data.Courses;
using MovieLms.Data.Identity;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Enrollments;

/// <summary>Declares enrollments. An enrollment is deleted and restored with its course and its student.</summary>
public static class EnrollmentEntity
{
    public const string Name = "enrollment";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "enrollments";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(EnrollmentDocument))
        {
            References =
            [
                new(EnrollmentFields.CourseId, CourseEntity.Name, OnDelete.Cascade),
                new(EnrollmentFields.StudentId, IdentityEntities.User, OnDelete.Cascade),
            ],
            UniqueTogether = [EnrollmentFields.CourseId, EnrollmentFields.StudentId],
        };
}
