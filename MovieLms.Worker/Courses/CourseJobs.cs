using MovieLms.Application.Announcements;
using MovieLms.Data.Announcements;
using MovieLms.Data.Enrollments;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Courses;

/// <summary>Recounts the seats of courses whose count a crash between two writes left wrong.</summary>
internal sealed class RepairSeatsJob(CourseSeats seats) : IRecurringJob
{
    public string Name => "seats-repair";
    public string Cron => "*/15 * * * *";
    public TimeSpan MaxDuration => TimeSpan.FromMinutes(14);
    public TimeSpan LateAfter => TimeSpan.FromHours(2);

    public Task RunAsync(CancellationToken cancellationToken) => seats.RepairAsync(cancellationToken);
}

/// <summary>Completes the delivery of announcements whose process died.</summary>
internal sealed class FinishAnnouncementsJob(AnnouncementStore announcements, AnnouncementDelivery delivery) : IRecurringJob
{
    public string Name => "announcements-finish";
    public string Cron => "* * * * *";
    public TimeSpan MaxDuration => TimeSpan.FromMinutes(10);
    public TimeSpan LateAfter => TimeSpan.FromHours(1);
    public bool IsSweep => true;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await announcements.ClaimDueAsync(cancellationToken) is { } announcement)
            await delivery.DeliverAsync(announcement, cancellationToken);
    }
}
