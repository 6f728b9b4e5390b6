using System.ComponentModel.DataAnnotations;

namespace MovieLms.ApiService.Imports;

/// <summary>What one user may upload for imports; configuration section <c>Imports</c>.</summary>
internal sealed class ImportQuotas
{
    /// <summary>Maximum number of a user's imports that have not ended: arriving, waiting or being processed.</summary>
    [Range(1, 10_000)]
    public int MaxQueued { get; set; } = 20;

    /// <summary>Maximum number of bytes per user and day (UTC). Bytes of refused and canceled uploads count too.</summary>
    [Range(1, long.MaxValue)]
    public long MaxBytesPerDay { get; set; } = 500L * 1024 * 1024;
}
