using MovieLms.Data.Courses;
using MovieLms.Data.Movies;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Lectures;

/// <summary>Declares lectures. A lecture is deleted and restored with its course.</summary>
public static class LectureEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "lecture";

    internal static Entity Declaration { get; } =
        new(Name, CollectionNames.Lectures, typeof(LectureDocument))
        {
            References =
            [
                new(LectureFields.CourseId, CourseEntity.Name, OnDelete.Cascade),
                new(LectureFields.MovieId, MovieEntity.Name, OnDelete.Keep),
            ],
        };
}
