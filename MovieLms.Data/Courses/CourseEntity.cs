using MovieLms.Data.Identity;
using MovieLms.Data.Lectures;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Courses;

/// <summary>Declares courses. A course is kept when its owner is deleted.</summary>
public static class CourseEntity
{
    public const string Name = "course";

    internal static Entity Declaration { get; } =
        new(Name, CollectionNames.Courses, typeof(CourseDocument))
        {
            References =
            [
                new(CourseFields.OwnerId, IdentityEntities.User, OnDelete.Keep),
                new(CourseFields.LectureOrder, LectureEntity.Name, OnDelete.Keep),
            ],
        };
}
