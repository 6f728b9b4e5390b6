using System.Runtime.CompilerServices;

namespace MovieLms.Testing;

/// <summary>Settings of the test process that the processes it starts inherit.</summary>
internal static class TestEnvironment
{
    /// <summary>
    /// Linux allows 128 file watchers per user by default. The hosts of a test run would need more to watch their settings files.
    /// </summary>
    // CA2255 keeps module initializers out of libraries: this one is for test processes only.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void DisableSettingsWatchers() => Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
}
