using MovieLms.Data.Courses;
using MovieLms.Data.Identity;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Lectures;

/// <summary>Declares attendance. It is deleted and restored with its lecture and its student.</summary>
public static class AttendanceEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "attendance";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "attendance";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(AttendanceDocument))
        {
            References =
            [
                new(AttendanceFields.LectureId, LectureEntity.Name, OnDelete.Cascade),
                new(AttendanceFields.StudentId, IdentityEntities.User, OnDelete.Cascade),
                new(AttendanceFields.CourseId, CourseEntity.Name, OnDelete.Keep),
            ],
            UniqueTogether = [AttendanceFields.LectureId, AttendanceFields.StudentId],
        };
}
