using MovieLms.Data.Courses;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Assignments;

/// <summary>Declares assignments. An assignment is deleted and restored with its course.</summary>
public static class AssignmentEntity
{
    public const string Name = "assignment";

    internal static Entity Declaration { get; } =
        new(Name, CollectionNames.Assignments, typeof(AssignmentDocument))
        {
            References = [new(AssignmentFields.CourseId, CourseEntity.Name, OnDelete.Cascade)],
        };
}
