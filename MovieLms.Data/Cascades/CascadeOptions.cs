using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace MovieLms.Data.Cascades;

/// <summary>How operations are carried out; bound from the section <c>Cascades</c>.</summary>
public sealed record CascadeOptions
{
    /// <summary>Documents that one update marks.</summary>
    public int ChunkSize { get; init; } = 500;

    /// <summary>A process that works on an operation and is silent for so long is taken for dead.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after an operation the last look comes; what was being added meanwhile has been added by then.</summary>
    public TimeSpan SettleAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a request waits for a deletion's dependants before the Worker does the rest.</summary>
    public TimeSpan InlineFor { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the record of an undone or purged operation is kept.</summary>
    public TimeSpan UndoneRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Reads <c>Cascades:ChunkSize</c>, <c>Cascades:LeaseSeconds</c> and <c>Cascades:SettleSeconds</c>; without them the defaults hold.
    /// </summary>
    public static CascadeOptions From(IConfiguration? configuration)
    {
        var defaults = new CascadeOptions();
        return defaults with
        {
            ChunkSize = (int)Number("ChunkSize", defaults.ChunkSize),
            Lease = TimeSpan.FromSeconds(Number("LeaseSeconds", defaults.Lease.TotalSeconds)),
            SettleAfter = TimeSpan.FromSeconds(Number("SettleSeconds", defaults.SettleAfter.TotalSeconds)),
        };

        double Number(string name, double otherwise)
        {
            var text = configuration?[$"Cascades:{name}"];
            if (string.IsNullOrEmpty(text))
                return otherwise;
            return double.TryParse(text, CultureInfo.InvariantCulture, out var value) && value > 0
                ? value
                : throw new InvalidOperationException($"Cascades:{name} must be a number above 0.");
        }
    }
}
