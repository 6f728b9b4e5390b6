using System.Diagnostics;

namespace MovieLms.Standalone;

/// <summary>The folder with Standalone's data, locked by one process at a time.</summary>
public sealed class DataFolder : IDisposable
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReleasePollInterval = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _lock;
    private readonly bool _isEphemeral;

    private DataFolder(string path, FileStream @lock, bool isEphemeral, bool wasReadableByOthers) =>
        (Path, _lock, _isEphemeral, WasReadableByOthers) = (path, @lock, isEphemeral, wasReadableByOthers);

    /// <summary>The absolute path of the folder.</summary>
    public string Path { get; }

    /// <summary>Whether the permissions allowed other users to read files in the folder before it was opened.</summary>
    internal bool WasReadableByOthers { get; }

    /// <summary>True when the folder is deleted on disposal.</summary>
    public bool IsEphemeral => _isEphemeral;

    /// <summary>
    /// Opens the folder like <see cref="Open"/>, but waits up to 15 s for another process to release it: Aspire may start a run while
    /// the processes of the previous run are still stopping.
    /// </summary>
    /// <exception cref="StandaloneException">The folder is not writable, or another process still uses it.</exception>
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
    /// Creates the folder if needed, locks it and removes other users' access: it contains password hashes, keys and mail.
    /// </summary>
    /// <exception cref="StandaloneException">The folder is not writable, or another process uses it.</exception>
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
                return new DataFolder(path, @lock, options.Ephemeral, FileModes.RestrictToOwner(path));
            }
            catch
            {
                @lock.Dispose();
                throw;
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StandaloneException(
                $"The data folder {path} is not writable or belongs to another user; choose another with --data DIR.",
                e
            );
        }
        catch (IOException e)
        {
            throw File.Exists(System.IO.Path.Combine(path, ".lock"))
                ? new DataFolderInUseException(
                    $"Another MovieLms process is using the data folder {path}; stop it, or choose another folder with --data DIR.",
                    e
                )
                : new StandaloneException($"The data folder {path} cannot be used ({e.Message}); choose another with --data DIR.", e);
        }
    }

    /// <summary>Returns the path of a subfolder, which is created if needed.</summary>
    public string GetSubfolder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    /// <summary>Unlocks the folder, and deletes it if it is ephemeral.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        if (_isEphemeral)
            Directory.Delete(Path, recursive: true);
    }
}
