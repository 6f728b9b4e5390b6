using System.Runtime.InteropServices;

namespace MovieLms.Standalone;

/// <summary>Closes the data folder to other users of the machine. Windows gives a new folder the rights of its parent instead.</summary>
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

    // Links are left out: they lead out of the folder.
    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    /// <summary>Makes every file that this process creates its user's own: the storage engines choose no mode themselves.</summary>
    internal static void CloseNewFiles()
    {
        if (!OperatingSystem.IsWindows())
            _ = umask((int)Others);
    }

    /// <summary>Closes a folder and what it contains.</summary>
    internal static void Close(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var root = new DirectoryInfo(folder);
        Close(root);
        foreach (var entry in root.EnumerateFileSystemInfos("*", Everything))
            Close(entry);
    }

    private static void Close(FileSystemInfo entry)
    {
        if (!OperatingSystem.IsWindows() && (entry.UnixFileMode & Others) != 0)
            entry.UnixFileMode = entry is DirectoryInfo ? OwnerOnlyFolder : OwnerOnlyFile;
    }

#pragma warning disable SYSLIB1054, IDE1006 // The C library's own name and convention.
    [DllImport("libc")]
    private static extern int umask(int mask);
#pragma warning restore SYSLIB1054, IDE1006
}
