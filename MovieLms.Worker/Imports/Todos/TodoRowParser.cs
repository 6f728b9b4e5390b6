using MongoDB.Bson;
using MovieLms.Data.Imports;
using MovieLms.Data.Todos;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Todos;

/// <summary>Validates the rows of a to-do file and converts them to to-dos.</summary>
internal sealed class TodoRowParser
{
    private const int Title = 0;
    private const int Description = 1;
    private const int DueDate = 2;
    private const int Priority = 3;
    private const int Done = 4;
    private const int MaxWordLength = 40;

    private readonly RowValues _values = new(Columns);

    internal static ColumnSet Columns { get; } =
        new("title", ["title"], ["description"], ["dueDate", "due"], ["priority"], ["done", "completed"]);

    /// <summary>Parses a row.</summary>
    /// <returns>The problems; empty for a valid row.</returns>
    internal IReadOnlyList<ImportProblem> Parse(in SourceRow row, ObjectId ownerId, out TodoDocument todo)
    {
        _values.SetRow(row);
        todo = new TodoDocument
        {
            OwnerId = ownerId,
            Title = _values.ReadRequiredText(Title, TodoLimits.Title),
            Description = _values.ReadText(Description, TodoLimits.Description),
            DueDate = ReadDueDate(),
            Priority = ReadPriority(),
            Done = ReadDone(),
        };
        return _values.Problems;
    }

    private DateTimeOffset? ReadDueDate()
    {
        if (_values.ReadText(DueDate, MaxWordLength) is not { } text)
            return null;
        if (Dates.TryParseTime(text, out var due))
            return due.ToUniversalTime();
        _values.AddProblem(DueDate, Dates.ErrorMessage);
        return null;
    }

    private TodoPriority ReadPriority()
    {
        switch (_values.ReadText(Priority, MaxWordLength)?.ToLowerInvariant())
        {
            case null or "medium":
                return TodoPriority.Medium;
            case "low":
                return TodoPriority.Low;
            case "high":
                return TodoPriority.High;
            default:
                _values.AddProblem(Priority, "Must be low, medium or high.");
                return TodoPriority.Medium;
        }
    }

    private bool ReadDone()
    {
        switch (_values.ReadText(Done, MaxWordLength)?.ToLowerInvariant())
        {
            case null or "false" or "no" or "0":
                return false;
            case "true" or "yes" or "1" or "x":
                return true;
            default:
                _values.AddProblem(Done, "Must be true or false (yes, no, 1, 0 and x are accepted too).");
                return false;
        }
    }
}
