namespace EmbeddedMongo.Aggregation.Spilling;

/// <summary>The temporary files of one pipeline, which are deleted with its cursor.</summary>
internal sealed class SpillSpace(SpillArea area) : IDisposable
{
    private readonly HashSet<SpillFile> _files = [];

    public SpillFile Create()
    {
        var file = new SpillFile(area);
        _files.Add(file);
        return file;
    }

    /// <summary>Deletes a file before the pipeline ends.</summary>
    public void Delete(SpillFile file)
    {
        if (_files.Remove(file))
            file.Dispose();
    }

    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();

        _files.Clear();
    }
}
