namespace MovieLms.AppHost.Commands;

/// <summary>A command that runs a scheduled job immediately.</summary>
internal static class JobCommand
{
    /// <summary>The names of the jobs. A test compares them with the Worker's jobs.</summary>
    internal static readonly IReadOnlyList<string> Jobs =
    [
        "accounts-erase",
        "announcements-finish",
        "deleted-purge",
        "digest-weekly",
        "files-sweep",
        "imports-purge",
        "imports-sweep",
        "orders-sweep",
        "reviews-repair",
        "seats-repair",
        "uploads-sweep",
    ];

    private const string Job = "job";

    internal static void WithJobCommand(this IResourceBuilder<ProjectResource> worker) =>
        worker.WithCommand(
            "run-job",
            "Run a scheduled job now",
            "Triggers a job of the schedule at /jobs and waits until it completes.",
            "CalendarPlay",
            [
                new InteractionInput
                {
                    Name = Job,
                    Label = "Job",
                    InputType = InputType.Choice,
                    Required = true,
                    Options = [.. Jobs.Select(name => KeyValuePair.Create(name, name))],
                },
            ],
            async context =>
            {
                var name = context.Arguments.GetString(Job)!;
                return CommandResults.Success(
                    await CommandProcess.RunAsync(worker, ["--run-job", name], context.Logger, context.CancellationToken)
                );
            }
        );
}
