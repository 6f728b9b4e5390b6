using MovieLms.ApiService.Identity.Accounts;

namespace MovieLms.Standalone;

/// <summary>
/// Shows the generated password of the first administrator once: on a terminal directly, otherwise (if the output goes to a log or a
/// pipe) in a file that only its owner may read.
/// </summary>
internal static class FirstAdminNotice
{
    internal const string FileName = "first-admin.txt";

    internal static async Task ShowAsync(AdminCredentials? created, DataFolder folder, TextWriter output)
    {
        if (created is not { Password: { } password })
            return;
        if (!Console.IsOutputRedirected)
        {
            await output.WriteLineAsync($"  First admin         {created.Email}   password {password}   (shown only once)\n");
            return;
        }
        var path = Path.Combine(folder.Path, FileName);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new StreamWriter(path, options))
            await file.WriteLineAsync($"{created.Email} {password}");
        await output.WriteLineAsync($"  First admin         {created.Email}   password in {path}\n");
    }
}
