using System.Diagnostics;

namespace MovieLms.Standalone;

/// <summary>The folder that holds a Standalone's data, held by one process at a time.</summary>
public sealed class DataFolder : IDisposable
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReleasePollInterval = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _lock;
    private readonly bool _deleteAtEnd;

    private DataFolder(string path, FileStream @lock, bool deleteAtEnd) => (Path, _lock, _deleteAtEnd) = (path, @lock, deleteAtEnd);

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>True when nothing is to outlive the process.</summary>
    public bool IsEphemeral => _deleteAtEnd;

    /// <summary>
    /// Like <see cref="Open"/>, and waits up to 15 s for another process to release the folder: Aspire may start a run while the
    /// processes of the one before are still stopping.
    /// </summary>
    /// <exception cref="StandaloneException">It cannot be written, or another process still holds it.</exception>
    internal static async Task<DataFolder> OpenWhenReleasedAsync(StandaloneOptions options, CancellationToken cancellationToken)
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return Open(options);
            }
            catch (DataFolderInUseException) when (waiting.Elapsed < ReleaseTimeout)
            {
                await Task.Delay(ReleasePollInterval, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Creates the folder if needed, locks it, and closes it to other users: it contains passwords' hashes, keys and mail.
    /// </summary>
    /// <exception cref="StandaloneException">It cannot be written, or another process holds it.</exception>
    public static DataFolder Open(StandaloneOptions options)
    {
        var path = options.Ephemeral
            ? Directory.CreateTempSubdirectory("movielms-").FullName
            : System.IO.Path.GetFullPath(options.DataDirectory);
        try
        {
            Directory.CreateDirectory(path);
            var @lock = new FileStream(System.IO.Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            try
            {
                FileModes.Close(path);
            }
            catch
            {
                @lock.Dispose();
                throw;
            }
            return new DataFolder(path, @lock, options.Ephemeral);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StandaloneException(
                $"The data folder {path} cannot be written, or belongs to another user; choose another with --data DIR.",
                e
            );
        }
        catch (IOException e)
        {
            throw File.Exists(System.IO.Path.Combine(path, ".lock"))
                ? new DataFolderInUseException(
                    $"Another MovieLms is using the data folder {path}; stop it, or choose another with --data DIR.",
                    e
                )
                : new StandaloneException($"The data folder {path} cannot be used ({e.Message}); choose another with --data DIR.", e);
        }
    }

    /// <summary>A folder inside, made when it is not there.</summary>
    public string Sub(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    /// <summary>Lets go of the folder, and deletes an ephemeral one.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        if (_deleteAtEnd)
            Directory.Delete(Path, recursive: true);
    }
}
