using MovieLms.Data.Courses;
using MovieLms.Data.Movies;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Lectures;

/// <summary>Declares lectures. A lecture is deleted and restored with its course.</summary>
public static class LectureEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "lecture";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "lectures";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(LectureDocument))
        {
            References =
            [
                new(LectureFields.CourseId, CourseEntity.Name, OnDelete.Cascade),
                new(LectureFields.MovieId, MovieEntity.Name, OnDelete.Keep),
            ],
        };
}
