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
/// Delivers an announcement to a course's students in batches: a notification for each student, and mail for those who opted in.
/// An interrupted delivery can be repeated without duplicates.
/// </summary>
public sealed class AnnouncementDelivery(
    AnnouncementStore announcements,
    CourseStore courses,
    EnrollmentLists enrollments,
    UserStore users,
    OutboxStore outbox,
    Notifier notifier,
    PageLinks pages
)
{
    private const int BatchSize = 500;

    /// <summary>Delivers the announcement to all currently enrolled students, unless it or its course was deleted.</summary>
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
                Button = ("Open the course", pages.Course(course.Id)),
                Footnote = "You receive this mail because you are enrolled in the course.",
                FootLink = ("Choose which mail you receive", pages.Profile),
            };
            await foreach (var students in enrollments.ListStudentsAsync(announcement.CourseId, BatchSize, cancellationToken))
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
                var addresses = await users.GetAnnouncementAddressesAsync(students, cancellationToken);
                await outbox.AddAllAsync(
                    [.. addresses.Select(user => mail.To(user.Email) with { Key = $"{key}:{user.Id}" })],
                    cancellationToken
                );
            }
        }
        await announcements.MarkDeliveredAsync(announcement.Id, cancellationToken);
    }
}
