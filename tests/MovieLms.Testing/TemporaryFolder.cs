using System.Diagnostics;

namespace MovieLms.Testing;

/// <summary>A folder that is deleted on disposal.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The full path.</summary>
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
                // A stopping process may still write to the folder.
                Thread.Sleep(100);
            }
        }
    }
}
