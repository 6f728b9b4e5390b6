namespace MovieLms.Testing.Tools;

/// <summary>A wall clock that a test can set while a process runs, based on libfaketime. The monotonic clock is not affected.</summary>
public sealed class FakeClock : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _file;

    private FakeClock(string library)
    {
        _file = Path.Combine(_folder.Path, "clock");
        Set(TimeSpan.Zero);
        Environment = new Dictionary<string, string?>
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME_TIMESTAMP_FILE"] = _file,
            ["FAKETIME_CACHE_DURATION"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            // With libfaketime's handling of timed waits, waits in .NET end late or never.
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        };
    }

    /// <summary>The environment variables for the process that uses the clock.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; }

    /// <summary>Finds libfaketime. Skips the test if it is not installed.</summary>
    public static FakeClock Require()
    {
        var library = Directory.Exists("/usr/lib")
            ? Directory
                .EnumerateDirectories("/usr/lib")
                .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1"))
                .FirstOrDefault(File.Exists)
            : null;
        ExternalTool.SkipUnless(library is not null, "needs libfaketime (Debian's package faketime)");
        return new FakeClock(library!);
    }

    /// <summary>Sets the offset from the real time. The process uses it within 1 s.</summary>
    public void Set(TimeSpan offset)
    {
        // Replace the file atomically, since a partly written line would be read as a different time.
        File.WriteAllText(
            _file + ".new",
            FormattableString.Invariant($"{(offset < TimeSpan.Zero ? "-" : "+")}{Math.Abs(offset.TotalSeconds):F0}s\n")
        );
        File.Move(_file + ".new", _file, overwrite: true);
    }

    public void Dispose() => _folder.Dispose();
}
