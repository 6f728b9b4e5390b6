using MovieLms.Application.Live;
using MovieLms.Application.Mail;
using MovieLms.Data.Announcements;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.Application.Announcements;

/// <summary>
/// Tells a course's students an announcement, in batches: a notification each, and mail to those who want it. It can be cut
/// off anywhere and done again: neither reaches anybody twice.
/// </summary>
public sealed class AnnouncementDelivery(
    AnnouncementStore announcements,
    CourseStore courses,
    EnrollmentLists enrollments,
    UserStore users,
    OutboxStore outbox,
    Notifier notifier
)
{
    private const int Batch = 500;

    /// <summary>Tells everybody who is enrolled now, unless the course is gone.</summary>
    public async Task DeliverAsync(AnnouncementDocument announcement, CancellationToken cancellationToken)
    {
        using var activity = MovieLmsTelemetry.Source.StartActivity("announcement");
        activity?.SetTag("announcement.id", announcement.Id.ToString());
        if (announcement.DeletedAt is null && await courses.GetAsync(announcement.CourseId, cancellationToken) is { } course)
        {
            var (key, link) = ($"announcement:{announcement.Id}", $"/api/courses/{course.Id}/announcements/{announcement.Id}");
            var mail = new MailTemplate(
                $"{course.Title}: {announcement.Title}",
                announcement.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            )
            {
                Footnote = "You get this because you are enrolled in the course. Your profile says which mail you want.",
            };
            await foreach (var students in enrollments.StudentsAsync(announcement.CourseId, Batch, cancellationToken))
            {
                await notifier.NotifyAsync(
                    students,
                    "announcement",
                    $"{course.Title}: {announcement.Title}",
                    announcement.Text,
                    link,
                    key,
                    cancellationToken
                );
                var addresses = await users.AnnouncementAddressesAsync(students, cancellationToken);
                await outbox.AddAllAsync(
                    [.. addresses.Select(user => mail.To(user.Email) with { Key = $"{key}:{user.Id}" })],
                    cancellationToken
                );
            }
        }
        await announcements.DeliveredAsync(announcement.Id, cancellationToken);
    }
}
