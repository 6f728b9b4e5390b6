using MovieLms.Data.Identity;
using MovieLms.Data.Lectures;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Courses;

/// <summary>Declares courses. A course is kept when its owner is deleted.</summary>
public static class CourseEntity
{
    public const string Name = "course";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "courses";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(CourseDocument))
        {
            References =
            [
                new(CourseFields.OwnerId, IdentityEntities.User, OnDelete.Keep),
                new(CourseFields.LectureOrder, LectureEntity.Name, OnDelete.Keep),
            ],
        };
}
