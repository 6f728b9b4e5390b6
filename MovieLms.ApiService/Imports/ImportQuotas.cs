using System.ComponentModel.DataAnnotations;

namespace MovieLms.ApiService.Imports;

/// <summary>Limits of one user's imports; configuration section <c>Imports</c>.</summary>
internal sealed class ImportQuotas
{
    /// <summary>Maximum number of unfinished imports per user: uploading, queued or processing.</summary>
    [Range(1, 10_000)]
    public int MaxQueued { get; set; } = 20;

    /// <summary>Maximum number of uploaded bytes per user and day (UTC). Rejected and canceled uploads count too.</summary>
    [Range(1, long.MaxValue)]
    public long MaxBytesPerDay { get; set; } = 500L * 1024 * 1024;
}
