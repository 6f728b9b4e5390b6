using MovieLms.ApiService.Identity.Accounts;

namespace MovieLms.Standalone;

/// <summary>
/// Hands the made-up first admin's password over, once: on a terminal to whoever sits there, otherwise (output that goes
/// to a log or a pipe) to a file that only its owner may read.
/// </summary>
internal static class FirstAdminNotice
{
    internal const string FileName = "first-admin.txt";

    internal static async Task ShowAsync(AdminCredentials? made, DataFolder folder, TextWriter output)
    {
        if (made is not { Password: { } password })
            return;
        if (!Console.IsOutputRedirected)
        {
            await output.WriteLineAsync($"  First admin         {made.Email}   password {password}   (shown this once)\n");
            return;
        }
        var path = Path.Combine(folder.Path, FileName);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new StreamWriter(path, options))
            await file.WriteLineAsync($"{made.Email} {password}");
        await output.WriteLineAsync($"  First admin         {made.Email}   password in {path}\n");
    }
}
