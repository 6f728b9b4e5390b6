namespace MovieLms.Testing;

/// <summary>A folder that is gone with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Where it is.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("movielms-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
