using MovieLms.Data.PersonalData;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Accounts;

/// <summary>Erases the accounts whose users asked for it and whose grace period has ended.</summary>
internal sealed class EraseAccountsJob(AccountErasure erasure) : IRecurringJob
{
    public string Name => "accounts-erase";
    public string Cron => "25 * * * *";
    public TimeSpan MaxDuration => TimeSpan.FromMinutes(50);
    public TimeSpan LateAfter => TimeSpan.FromHours(6);

    public Task RunAsync(CancellationToken cancellationToken) => erasure.RunAsync(cancellationToken);
}
