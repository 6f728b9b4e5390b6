using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Aggregation.Spilling;

/// <summary>
/// The folder of the temporary files of all pipelines: a subfolder of the data folder, or the system's folder for temporary files if the
/// data is in memory. The total size is limited.
/// </summary>
internal sealed class SpillArea
{
    public const long DefaultMaxBytes = 10L * 1024 * 1024 * 1024;

    private readonly string _directory;
    private readonly long _maxBytes;
    private long _usedBytes;

    public SpillArea(string? dataDirectory, long maxBytes)
    {
        _maxBytes = maxBytes;
        _directory = dataDirectory is null ? Path.GetTempPath() : Path.Combine(Path.GetFullPath(dataDirectory), "spill");

        // Files of a killed process.
        if (dataDirectory is not null && Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    /// <summary>The total size of the files.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <summary>Opens a new file that is deleted when it is closed or the process ends.</summary>
    public FileStream Open()
    {
        Directory.CreateDirectory(_directory);
        var path = Path.Combine(_directory, $"embedded-mongo-{Guid.NewGuid():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = 32 * 1024,
            Options = FileOptions.DeleteOnClose,
        };
        var stream = new FileStream(path, options);
        if (!OperatingSystem.IsWindows())
            File.Delete(path);

        return stream;
    }

    /// <exception cref="MongoErrorException">14031 if the files would exceed the limit.</exception>
    public void Reserve(long bytes)
    {
        if (Interlocked.Add(ref _usedBytes, bytes) <= _maxBytes)
            return;

        Release(bytes);
        throw CreateError($"the temporary files of all pipelines may use {_maxBytes} bytes");
    }

    public void Release(long bytes) => Interlocked.Add(ref _usedBytes, -bytes);

    public static MongoErrorException CreateError(string reason) =>
        new(14031, "OutOfDiskSpace", $"The pipeline cannot use more temporary disk space: {reason}.");
}
