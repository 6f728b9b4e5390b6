using MovieLms.Data.Courses;
using MovieLms.Data.Identity;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Announcements;

/// <summary>Declares announcements. An announcement is deleted and restored with its course.</summary>
public static class AnnouncementEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "announcement";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "announcements";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(AnnouncementDocument))
        {
            References =
            [
                new(AnnouncementFields.CourseId, CourseEntity.Name, OnDelete.Cascade),
                new(AnnouncementFields.AuthorId, IdentityEntities.User, OnDelete.Keep),
            ],
        };
}
