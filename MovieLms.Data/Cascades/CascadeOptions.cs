using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace MovieLms.Data.Cascades;

/// <summary>Options for cascades. Some are read from the section <c>Cascades</c>.</summary>
public sealed record CascadeOptions
{
    /// <summary>Maximum number of documents that one update marks.</summary>
    public int ChunkSize { get; init; } = 500;

    /// <summary>Duration of the lease on an operation. If it is not renewed, another process may claim the operation.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Time between the first and the second pass. Dependents that were being added during the first pass must be stored by then.
    /// </summary>
    public TimeSpan SettleAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Maximum time that a delete or archive request works on dependents. The Worker continues after that.</summary>
    public TimeSpan InlineFor { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the record of an undone or purged operation is kept.</summary>
    public TimeSpan UndoneRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Reads <c>Cascades:ChunkSize</c>, <c>Cascades:LeaseSeconds</c> and <c>Cascades:SettleSeconds</c>. Uses the defaults for missing keys.
    /// </summary>
    public static CascadeOptions From(IConfiguration? configuration)
    {
        var defaults = new CascadeOptions();
        return defaults with
        {
            ChunkSize = (int)ReadNumber("ChunkSize", defaults.ChunkSize),
            Lease = TimeSpan.FromSeconds(ReadNumber("LeaseSeconds", defaults.Lease.TotalSeconds)),
            SettleAfter = TimeSpan.FromSeconds(ReadNumber("SettleSeconds", defaults.SettleAfter.TotalSeconds)),
        };

        double ReadNumber(string name, double defaultValue)
        {
            var text = configuration?[$"Cascades:{name}"];
            if (string.IsNullOrEmpty(text))
                return defaultValue;
            return double.TryParse(text, CultureInfo.InvariantCulture, out var value) && value > 0
                ? value
                : throw new InvalidOperationException($"Cascades:{name} must be a number greater than 0.");
        }
    }
}
