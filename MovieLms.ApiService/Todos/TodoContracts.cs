// Requests are public because the validation that ASP.NET Core generates passes over types that are not.
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
    [property: Description("For If-Match: the ETag is this number in double quotes.")] long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
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
            todo.UpdatedAt
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

    [Description("medium when absent.")]
    public TodoPriority? Priority { get; init; }

    [Description("false when absent.")]
    public bool? Done { get; init; }

    internal TodoContent ToContent() =>
        new(Title.Trim(), TodoText.Trimmed(Description), TodoText.Utc(DueDate), Priority ?? TodoPriority.Medium, Done ?? false);
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

    /// <summary>Null removes; what a to-do cannot be without must not be removed.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (_hasTitle && Title is null)
            yield return Missing(nameof(Title));
        if (_hasPriority && Priority is null)
            yield return Missing(nameof(Priority));
        if (_hasDone && Done is null)
            yield return Missing(nameof(Done));
    }

    internal TodoContent Apply(TodoContent todo) =>
        new(
            Title?.Trim() ?? todo.Title,
            _hasDescription ? TodoText.Trimmed(Description) : todo.Description,
            _hasDueDate ? TodoText.Utc(DueDate) : todo.DueDate,
            Priority ?? todo.Priority,
            Done ?? todo.Done
        );

    private static ValidationResult Missing(string name) => new("The value must not be null; leave it out to keep it.", [name]);
}

/// <summary>How what users write is stored.</summary>
internal static class TodoText
{
    internal static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>In whole milliseconds, as the database keeps it: what is answered is what is read later.</summary>
    internal static DateTimeOffset? Utc(DateTimeOffset? time) =>
        time is { } given
            ? DateTimeOffset.FromUnixTimeMilliseconds(
                Math.Min(given.ToUnixTimeMilliseconds(), TodoLimits.LatestDueDate.ToUnixTimeMilliseconds())
            )
            : null;
}
