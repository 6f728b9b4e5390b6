using System.Runtime.CompilerServices;

namespace MovieLms.Testing;

/// <summary>Settings of the test process that the processes it starts inherit.</summary>
internal static class TestEnvironment
{
    /// <summary>
    /// Linux allows 128 file watchers per user by default. The hosts of a test run would need more to watch their settings files.
    /// </summary>
    [ModuleInitializer]
    internal static void DisableSettingsWatchers() =>
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
}
