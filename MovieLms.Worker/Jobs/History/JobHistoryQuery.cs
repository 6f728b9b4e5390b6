using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.Worker.Jobs.History;

/// <summary>Which runs to list.</summary>
internal readonly record struct JobHistoryQuery(
    string? Name,
    string? State,
    string? Search,
    DateTimeOffset? From,
    DateTimeOffset? To,
    int? Offset,
    int? Limit
)
{
    internal const string Succeeded = "succeeded";
    internal const string Failed = "failed";
    internal const string Processing = "processing";
    internal const string Scheduled = "scheduled";
    internal const string Enqueued = "enqueued";
    internal const string Deleted = "deleted";
    private const int MaxText = 200;
    private const int MaxLimit = 100;
    private const int DefaultLimit = 25;

    /// <summary>All states. A run that waits for its retry is scheduled.</summary>
    internal static IReadOnlyList<string> States { get; } = [Failed, Processing, Enqueued, Scheduled, Succeeded, Deleted];

    internal int Skip => Offset ?? 0;

    internal int Take => Limit ?? DefaultLimit;

    /// <exception cref="InvalidInputException">A value is not allowed.</exception>
    internal void Validate()
    {
        if (State is not null && !States.Contains(State))
            throw new InvalidInputException("state", $"The state must be one of {string.Join(", ", States)}.");
        if (Search?.Length > MaxText)
            throw new InvalidInputException("search", $"The text must have at most {MaxText} characters.");
        if (Name?.Length > MaxText)
            throw new InvalidInputException("name", $"The text must have at most {MaxText} characters.");
        if (From >= To)
            throw new InvalidInputException("to", "`to` must be after `from`.");
        if (Offset is < 0 or > JobHistory.MaxRuns)
            throw new InvalidInputException("offset", $"The value must be between 0 and {JobHistory.MaxRuns}.");
        if (Limit is < 1 or > MaxLimit)
            throw new InvalidInputException("limit", $"The value must be between 1 and {MaxLimit}.");
    }

    internal bool Matches(JobRunResponse run, string? exception) =>
        (Name is null || run.Name == Name)
        && (State is null || run.State == State)
        && (From is not { } from || run.At >= from)
        && (To is not { } to || run.At < to)
        && (
            string.IsNullOrWhiteSpace(Search) || Contains(run.Name) || Contains(run.Error) || Contains(exception) || run.Id == Search.Trim()
        );

    private bool Contains(string? text) => text?.Contains(Search!.Trim(), StringComparison.OrdinalIgnoreCase) == true;
}
