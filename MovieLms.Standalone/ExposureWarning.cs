namespace MovieLms.Standalone;

/// <summary>Warns of secrets that other users of the machine may have read.</summary>
internal static class ExposureWarning
{
    /// <summary>Writes a warning if other users could read the data folder, or can still read the password of MongoDB.</summary>
    internal static void Write(TextWriter output, DataFolder folder)
    {
        var password = MongoPasswordFile.GetPath(folder);
        if (folder.WasReadableByOthers)
        {
            output.WriteLine(
                $"Warning: the permissions of {folder.Path} allowed other users to read its files, and now allow only their owner. If "
                    + $"others may have read them, delete {password} for a new password of MongoDB, and change the users' passwords."
            );
        }

        // A link is not followed when permissions are restricted, and some file systems have none.
        if (FileModes.IsReadableByOthers(password))
        {
            output.WriteLine(
                $"Warning: other users can read the password of MongoDB in {password}. Restrict the file to its owner, or set "
                    + $"{EmbeddedPassword.MongoVariable} instead."
            );
        }
    }
}
