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

    /// <summary>Whether the tests run at full scale, which takes hours: <c>MOVIELMS_TEST_SCALE=full</c>.</summary>
    internal static bool IsFullScale => Environment.GetEnvironmentVariable("MOVIELMS_TEST_SCALE") == "full";
}
