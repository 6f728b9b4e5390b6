using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.AppHost.Tests.Running;

/// <summary>Generated values after a restart on the same data.</summary>
[Collection(RunningCollection.Name)]
public sealed class SecondStartTests
{
    private const string AdminEmail = "admin@movielms.local";

    [Fact]
    public Task The_generated_password_is_valid_after_a_restart_on_embedded_services() =>
        StartTwiceAsync(new Dictionary<string, string?> { ["Run__Backing"] = "embedded" });

    internal static async Task StartTwiceAsync(IReadOnlyDictionary<string, string?> settings)
    {
        using var home = new TemporaryFolder();
        using var data = new TemporaryFolder();
        string password;
        await using (var first = await AppHostProcess.StartAsync(home.Path, data.Path, settings))
        {
            password = AppHostProcess.ReadSecret(home.Path, "admin-password");
            Assert.NotEmpty(await first.Client.LogInAsync(AdminEmail, password));
            Assert.Equal(0, await first.StopAsync());
        }
        await using var second = await AppHostProcess.StartAsync(home.Path, data.Path, settings);
        Assert.Equal(password, AppHostProcess.ReadSecret(home.Path, "admin-password"));
        Assert.NotEmpty(await second.Client.LogInAsync(AdminEmail, password));
        Assert.DoesNotContain(password, second.Output, StringComparison.Ordinal);
        Assert.Equal(0, await second.StopAsync());
    }
}
