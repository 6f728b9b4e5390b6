using System.Diagnostics;

namespace MovieLms.AppHost.Tests.Running;

/// <summary>
/// The application on containers. <c>.ci/extended containers</c> runs these tests: it sets <c>MOVIELMS_TEST_CONTAINERS=1</c>, and
/// <c>ASPIRE_CONTAINER_RUNTIME</c> to the runtime.
/// </summary>
[Collection(RunningCollection.Name)]
public sealed class ContainerRunTests
{
    private const string RequiredVariable = "MOVIELMS_TEST_CONTAINERS";

    [Fact]
    public async Task A_student_uploads_todos_and_receives_mail_and_events()
    {
        RequireContainers();
        var app = new ContainerApp();
        try
        {
            await app.InitializeAsync();
            await Story.RunAsync(app);
        }
        finally
        {
            await app.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_generated_passwords_are_valid_after_a_restart_on_the_same_volumes()
    {
        RequireContainers();
        var prefix = $"movielms-test-{Guid.NewGuid():N}";
        try
        {
            await SecondStartTests.StartTwiceAsync(
                new Dictionary<string, string?> { ["Run__Backing"] = "containers", ["Run__VolumePrefix"] = prefix }
            );
        }
        finally
        {
            foreach (var name in new[] { "mongo", "redis" })
            {
                using (var removal = Process.Start(Runtime, ["volume", "rm", $"{prefix}-{name}"]))
                    await removal.WaitForExitAsync();
            }
        }
    }

    private static string Runtime =>
        Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") is { Length: > 0 } name ? name : "docker";

    private static void RequireContainers() =>
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable(RequiredVariable) == "1",
            $"{RequiredVariable} is not 1: .ci/extended runs this test."
        );

    private sealed class ContainerApp() : RunningApp("containers")
    {
        protected override string MailPath => "/mail/email";
    }
}
