using System.Runtime.InteropServices;

namespace MovieLms.Standalone;

/// <summary>
/// Removes other users' access to the data folder. Does nothing on Windows, where a new folder inherits its parent's permissions.
/// </summary>
internal static class FileModes
{
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnlyFile | UnixFileMode.UserExecute;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    // Links are skipped, because their targets may be outside the folder.
    private static readonly EnumerationOptions AllEntries = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    /// <summary>Makes new files of this process accessible to its user only: the storage engines set no modes of their own.</summary>
    internal static void RestrictNewFiles()
    {
        if (!OperatingSystem.IsWindows())
            _ = umask((int)Others);
    }

    /// <summary>Removes other users' access to a folder and its contents.</summary>
    internal static void RestrictToOwner(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var root = new DirectoryInfo(folder);
        RestrictToOwner(root);
        foreach (var entry in root.EnumerateFileSystemInfos("*", AllEntries))
            RestrictToOwner(entry);
    }

    private static void RestrictToOwner(FileSystemInfo entry)
    {
        if (!OperatingSystem.IsWindows() && (entry.UnixFileMode & Others) != 0)
            entry.UnixFileMode = entry is DirectoryInfo ? OwnerOnlyFolder : OwnerOnlyFile;
    }

#pragma warning disable SYSLIB1054, IDE1006 // The name and convention of the C library.
    [DllImport("libc")]
    private static extern int umask(int mask);
#pragma warning restore SYSLIB1054, IDE1006
}
