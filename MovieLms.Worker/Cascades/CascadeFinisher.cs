using MovieLms.Application.Cascades;
using MovieLms.Application.Work;
using MovieLms.Data.Cascades;

namespace MovieLms.Worker.Cascades;

/// <summary>The queue of cascades (delete, archive, restore) whose process died or whose final pass is due.</summary>
internal sealed class CascadeFinisher(CascadeOperations cascades, CascadeOptions options) : IWorkQueue
{
    public string Name => "cascades";

    /// <summary>A third of the lease, so that the operation of a dead process is claimed soon after its lease expires.</summary>
    public TimeSpan Interval => options.Lease / 3;

    public Task<bool> RunNextAsync(CancellationToken cancellationToken) => cascades.FinishNextAsync(cancellationToken);
}

/// <summary>Registers cascade work.</summary>
internal static class CascadeExtensions
{
    internal static void AddCascadeWork(this IHostApplicationBuilder builder)
    {
        builder.Services.AddWorkQueue<CascadeFinisher>();
        builder.Services.AddSingleton<Jobs.IRecurringJob, PurgeDeletedJob>();
    }
}
