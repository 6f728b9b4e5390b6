using MovieLms.Data.Courses;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Assignments;

/// <summary>Declares assignments. An assignment is deleted and restored with its course.</summary>
public static class AssignmentEntity
{
    public const string Name = "assignment";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "assignments";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(AssignmentDocument))
        {
            References = [new(AssignmentFields.CourseId, CourseEntity.Name, OnDelete.Cascade)],
        };
}
