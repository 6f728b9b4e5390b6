// Requests are public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MovieLms.ApiService.Http;
using MovieLms.Data.Todos;

namespace MovieLms.ApiService.Todos;

/// <summary>A to-do as its owner sees it.</summary>
internal sealed record TodoResponse(
    string Id,
    string Title,
    string? Description,
    DateTimeOffset? DueDate,
    TodoPriority Priority,
    bool Done,
    [property: Description(ETags.VersionDescription)] long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    [property: Description("When it was deleted; null while it is not.")] DateTimeOffset? DeletedAt
)
{
    internal static TodoResponse From(TodoDocument todo) =>
        new(
            todo.Id.ToString(),
            todo.Title,
            todo.Description,
            todo.DueDate,
            todo.Priority,
            todo.Done,
            todo.Version,
            todo.CreatedAt,
            todo.UpdatedAt,
            todo.DeletedAt
        );
}

/// <summary>A new to-do, or one to replace another with: what is left out has its default.</summary>
public sealed record TodoRequest
{
    [Required, StringLength(TodoLimits.Title), PlainText]
    public string Title { get; init; } = string.Empty;

    [StringLength(TodoLimits.Description), PlainText(AllowsLines = true)]
    public string? Description { get; init; }

    public DateTimeOffset? DueDate { get; init; }

    [Description("medium by default.")]
    public TodoPriority? Priority { get; init; }

    [Description("false by default.")]
    public bool? Done { get; init; }

    internal TodoContent ToContent() =>
        new(Title.Trim(), TodoText.TrimToNull(Description), TodoText.ToUtc(DueDate), Priority ?? TodoPriority.Medium, Done ?? false);
}

/// <summary>A change of some members (RFC 7396): what is left out stays, null takes a description or a due date away.</summary>
public sealed record TodoPatch : IValidatableObject
{
    private bool _hasTitle;
    private bool _hasDescription;
    private bool _hasDueDate;
    private bool _hasPriority;
    private bool _hasDone;

    [StringLength(TodoLimits.Title, MinimumLength = 1), PlainText]
    public string? Title
    {
        get;
        init => (field, _hasTitle) = (value, true);
    }

    [StringLength(TodoLimits.Description), PlainText(AllowsLines = true)]
    public string? Description
    {
        get;
        init => (field, _hasDescription) = (value, true);
    }

    public DateTimeOffset? DueDate
    {
        get;
        init => (field, _hasDueDate) = (value, true);
    }

    public TodoPriority? Priority
    {
        get;
        init => (field, _hasPriority) = (value, true);
    }

    public bool? Done
    {
        get;
        init => (field, _hasDone) = (value, true);
    }

    /// <summary>Rejects null for required members, because null would remove them.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (_hasTitle && Title is null)
            yield return MustNotBeNull(nameof(Title));
        if (_hasPriority && Priority is null)
            yield return MustNotBeNull(nameof(Priority));
        if (_hasDone && Done is null)
            yield return MustNotBeNull(nameof(Done));
    }

    internal TodoContent Apply(TodoContent todo) =>
        new(
            Title?.Trim() ?? todo.Title,
            _hasDescription ? TodoText.TrimToNull(Description) : todo.Description,
            _hasDueDate ? TodoText.ToUtc(DueDate) : todo.DueDate,
            Priority ?? todo.Priority,
            Done ?? todo.Done
        );

    private static ValidationResult MustNotBeNull(string name) =>
        new("The value must not be null. Omit it to keep the current value.", [name]);
}

/// <summary>Normalizes users' input before it is stored.</summary>
internal static class TodoText
{
    internal static string? TrimToNull(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>Truncates a time to milliseconds, the precision of the database, so that responses match what is stored.</summary>
    internal static DateTimeOffset? ToUtc(DateTimeOffset? time) =>
        time is { } given
            ? DateTimeOffset.FromUnixTimeMilliseconds(
                Math.Min(given.ToUnixTimeMilliseconds(), TodoLimits.LatestDueDate.ToUnixTimeMilliseconds())
            )
            : null;
}
