using System.Globalization;
using MovieLms.Application.Mail;
using MovieLms.Data.Digests;
using MovieLms.Data.Mail;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Digests;

/// <summary>
/// Adds a weekly digest to the outbox for each subscribed user who has something to read. An interrupted run can be repeated, because the
/// outbox accepts one digest per user and week.
/// </summary>
internal sealed class DigestJob(
    DigestStore digests,
    UnsubscribeLinks links,
    OutboxStore outbox,
    PageLinks pages,
    IConfiguration configuration,
    TimeProvider clock
) : IRecurringJob
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public string Name => "digest-weekly";
    public string Cron => "0 7 * * 1";
    public TimeSpan MaxDuration => TimeSpan.FromHours(2);
    public TimeSpan LateAfter => TimeSpan.FromDays(8);
    public bool IsRetriedAfterFailure => true;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var zone = JobSchedule.GetTimeZone(configuration);
        var today = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        var week = string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(today)}-{ISOWeek.GetWeekOfYear(today):00}");
        await foreach (var reader in digests.ListRecipientsAsync(cancellationToken))
        {
            var content = await digests.ReadAsync(reader.Id, now - Week, now + Week, DigestMail.MaxItems, cancellationToken);
            if (content.IsEmpty)
                continue;
            var link = $"{PublicUrl.Get(configuration)}/api/mail/unsubscribe/{await links.SignAsync(reader.Id, cancellationToken)}";
            await outbox.AddAsync(
                DigestMail.Render(reader, content, now, zone, pages, link) with
                {
                    Key = $"digest:{reader.Id}:{week}",
                },
                cancellationToken
            );
        }
    }
}
