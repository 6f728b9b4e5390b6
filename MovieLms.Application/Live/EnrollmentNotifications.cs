using MongoDB.Bson;
using MovieLms.Data.Courses;

namespace MovieLms.Application.Live;

/// <summary>Notifies students whom staff enrolled, whether in the API or by an import.</summary>
public static class EnrollmentNotifications
{
    /// <summary>Sends the notification.</summary>
    /// <remarks>
    /// <paramref name="occasion"/> identifies these enrollments, so that repeating the call sends no second notification.
    /// </remarks>
    public static Task NotifyEnrolledAsync(
        this Notifier notifier,
        IReadOnlyCollection<ObjectId> studentIds,
        CourseDocument course,
        string occasion,
        CancellationToken cancellationToken
    ) =>
        notifier.NotifyAsync(
            studentIds,
            "enrollment",
            $"You are enrolled in {course.Title}",
            $"You are now enrolled in the course {course.Title}.",
            $"/api/courses/{course.Id}",
            $"enrollment:{occasion}",
            cancellationToken
        );
}
