using System.ComponentModel.DataAnnotations;

namespace MovieLms.Standalone;

/// <summary>
/// The section <c>Memory</c>: the sizes of the embedded servers' caches. docs/performance.md lists what the process uses besides them.
/// </summary>
public sealed record MemoryOptions
{
    internal const string Section = "Memory";

    /// <summary>The cache of MongoDB's data blocks. Data that does not fit is read from disk.</summary>
    [Range(8, 65_536)]
    public int MongoCacheMegabytes { get; init; } = 32;

    /// <summary>Redis' values in memory, rounded down to a power of two. Others are moved to disk.</summary>
    [Range(8, 65_536)]
    public int RedisMegabytes { get; init; } = 32;

    /// <summary>Reads and validates the section.</summary>
    /// <exception cref="StandaloneException">A value is not a number or is out of range.</exception>
    internal static MemoryOptions Read(IConfiguration configuration)
    {
        MemoryOptions options;
        try
        {
            options = configuration.GetSection(Section).Get<MemoryOptions>() ?? new MemoryOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new StandaloneException(e.Message, e);
        }
        var errors = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), errors, validateAllProperties: true))
            throw new StandaloneException($"{Section}: {errors[0].ErrorMessage}");
        return options;
    }
}
