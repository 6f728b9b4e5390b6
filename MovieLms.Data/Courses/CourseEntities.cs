using MovieLms.Data.Announcements;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Lectures;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Courses;

/// <summary>What teaching is made of among the entities. A course goes with nobody: it stays when its instructor leaves.</summary>
public static class CourseEntities
{
    /// <summary>The course's name among the entities.</summary>
    public const string Course = "course";

    /// <summary>The lecture's name among the entities.</summary>
    public const string Lecture = "lecture";

    internal const string Enrollment = "enrollment";

    internal static IReadOnlyList<Entity> Declarations { get; } =
    [
        new(Course, CollectionNames.Courses, typeof(CourseDocument))
        {
            References = [new(CourseFields.OwnerId, "user", OnDelete.Keep), new(CourseFields.LectureOrder, Lecture, OnDelete.Keep)],
        },
        new(Lecture, CollectionNames.Lectures, typeof(LectureDocument))
        {
            References = [new(LectureFields.CourseId, Course, OnDelete.Cascade), new(LectureFields.MovieId, "movie", OnDelete.Keep)],
        },
        new("attendance", CollectionNames.Attendance, typeof(AttendanceDocument))
        {
            References =
            [
                new(AttendanceFields.LectureId, Lecture, OnDelete.Cascade),
                new(AttendanceFields.StudentId, "user", OnDelete.Cascade),
                new(AttendanceFields.CourseId, Course, OnDelete.Keep),
            ],
            UniqueTogether = [AttendanceFields.LectureId, AttendanceFields.StudentId],
        },
        new(Enrollment, CollectionNames.Enrollments, typeof(EnrollmentDocument))
        {
            References =
            [
                new(EnrollmentFields.CourseId, Course, OnDelete.Cascade),
                new(EnrollmentFields.StudentId, "user", OnDelete.Cascade),
            ],
            UniqueTogether = [EnrollmentFields.CourseId, EnrollmentFields.StudentId],
        },
        new("announcement", CollectionNames.Announcements, typeof(AnnouncementDocument))
        {
            References =
            [
                new(AnnouncementFields.CourseId, Course, OnDelete.Cascade),
                new(AnnouncementFields.AuthorId, "user", OnDelete.Keep),
            ],
        },
    ];
}
