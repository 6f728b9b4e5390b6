namespace MovieLms.Testing.Tools;

/// <summary>A wall clock that a test can set while a process runs, by libfaketime; the monotonic clock is left alone.</summary>
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
            // With libfaketime's own handling of timed waits, .NET's waits end late or never.
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        };
    }

    /// <summary>For the process whose clock it is.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; }

    /// <summary>Finds the library; the test is skipped without it.</summary>
    public static FakeClock Require()
    {
        var library = Directory.Exists("/usr/lib")
            ? Directory
                .EnumerateDirectories("/usr/lib")
                .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1"))
                .FirstOrDefault(File.Exists)
            : null;
        ExternalTool.Have(library is not null, "needs libfaketime (Debian's package faketime)");
        return new FakeClock(library!);
    }

    /// <summary>Sets the distance to the real time; the process sees it within a second.</summary>
    public void Set(TimeSpan offset)
    {
        // Replaced in one step: a process that read half a line would be in another year.
        File.WriteAllText(
            _file + ".new",
            FormattableString.Invariant($"{(offset < TimeSpan.Zero ? "-" : "+")}{Math.Abs(offset.TotalSeconds):F0}s\n")
        );
        File.Move(_file + ".new", _file, overwrite: true);
    }

    public void Dispose() => _folder.Dispose();
}
