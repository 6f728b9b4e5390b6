namespace MovieLms.Standalone;

/// <summary>
/// Shows the link that creates the first administrator: on a terminal directly, otherwise (if the output goes to a log or a pipe) in a
/// file that only its owner may read and that is deleted when there is an administrator.
/// </summary>
internal static class FirstAdminNotice
{
    internal const string FileName = "first-admin-link.txt";

    /// <param name="token">The token of the link; null if there is an administrator.</param>
    /// <param name="address">The address of the console.</param>
    /// <param name="folder">The folder for the file.</param>
    /// <param name="output">The startup output.</param>
    internal static async Task ShowAsync(string? token, string address, DataFolder folder, TextWriter output)
    {
        DeleteFile(folder);
        if (token is null)
            return;
        var link = $"{address.TrimEnd('/')}/welcome#{token}";
        if (!Console.IsOutputRedirected)
        {
            await output.WriteLineAsync($"  Create the administrator: {link}\n");
            return;
        }
        var path = GetPath(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new StreamWriter(path, options))
            await file.WriteLineAsync(link);
        await output.WriteLineAsync($"  Create the administrator: open the link in {path}\n");
    }

    /// <summary>Deletes the file, because its link no longer works.</summary>
    internal static void DeleteFile(DataFolder folder) => File.Delete(GetPath(folder));

    private static string GetPath(DataFolder folder) => Path.Combine(folder.Path, FileName);
}
