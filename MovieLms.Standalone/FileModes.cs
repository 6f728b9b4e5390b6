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

    private const UnixFileMode ReadableByOthers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode EnterableByOthers = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

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

    /// <summary>
    /// Removes other users' access to a folder and its contents. Returns whether the permissions allowed them to read a file.
    /// </summary>
    internal static bool RestrictToOwner(string folder)
    {
        if (OperatingSystem.IsWindows())
            return false;
        var root = new DirectoryInfo(folder);
        var isEnterable = (root.UnixFileMode & EnterableByOthers) != 0;
        var wasReadable = false;
        RestrictToOwner(root);
        foreach (var entry in root.EnumerateFileSystemInfos("*", AllEntries))
        {
            wasReadable |= isEnterable && entry is FileInfo { Length: > 0 } && (entry.UnixFileMode & ReadableByOthers) != 0;
            RestrictToOwner(entry);
        }
        return wasReadable;
    }

    /// <summary>Returns whether a file exists and its mode, or that of the target of a link, allows other users to read it.</summary>
    internal static bool IsReadableByOthers(string file) =>
        !OperatingSystem.IsWindows() && File.Exists(file) && (File.GetUnixFileMode(file) & ReadableByOthers) != 0;

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
