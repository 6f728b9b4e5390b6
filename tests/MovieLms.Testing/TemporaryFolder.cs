using System.Diagnostics;

namespace MovieLms.Testing;

/// <summary>A folder that is gone with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Where it is.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("movielms-test-").FullName;

    public void Dispose()
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
                return;
            }
            catch (IOException) when (limit.Elapsed < Timeout)
            {
                // A process that was told to stop may still write.
                Thread.Sleep(100);
            }
        }
    }
}
