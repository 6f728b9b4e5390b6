namespace MovieLms.Standalone;

/// <summary>The file with the embedded MongoDB's password in a data folder. Only its owner may read it.</summary>
internal static class MongoPasswordFile
{
    internal const string FileName = "mongo-password.txt";

    /// <summary>A password of the maximum length and a line break.</summary>
    private const int MaxBytes = 130;

    internal static string GetPath(DataFolder folder) => Path.Combine(folder.Path, FileName);

    /// <summary>Returns the password of the folder, and creates one if the folder has none.</summary>
    /// <exception cref="StandaloneException">The file cannot be read or written, or contains no valid password.</exception>
    internal static string GetOrCreate(DataFolder folder)
    {
        var path = GetPath(folder);
        try
        {
            // Also true for a folder at this path, which must not be replaced.
            return Path.Exists(path) ? Read(path) : Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StandaloneException($"The file {path} with the password of the embedded MongoDB cannot be used ({e.Message}).", e);
        }
    }

    private static string Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length <= MaxBytes)
        {
            using var reader = new StreamReader(file);
            var password = reader.ReadToEnd().Trim();
            if (EmbeddedPassword.IsValid(password))
                return password;
        }
        throw new StandaloneException(
            $"The file {path} must contain the password of the embedded MongoDB ({EmbeddedPassword.Requirement}). "
                + "Delete the file to get a new password."
        );
    }

    /// <summary>Writes the password to a second file and renames it, so that a crash leaves a complete file or none.</summary>
    private static string Create(string path)
    {
        var password = EmbeddedPassword.Generate();
        var unfinished = path + ".new";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(unfinished, options))
        {
            using (var writer = new StreamWriter(file, leaveOpen: true))
                writer.WriteLine(password);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path);
        return password;
    }
}
