using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Http;
using MovieLms.Data.Todos;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Todos;

/// <summary>The filters and the sort order of the to-do list.</summary>
internal readonly record struct TodoQuery(
    [property:
        FromQuery(Name = "search"),
        StringLength(QueryValues.MaxTextLength),
        Description("Words that must each begin a word of the title or the description; case and accents do not matter.")
    ]
        string? Search,
    [property: FromQuery(Name = "done"), Description("true for finished ones only, false for open ones only.")] bool? Done,
    [property: FromQuery(Name = "priority"), Choices<TodoPriority>, Description("low, medium or high.")] string? Priority,
    [property: FromQuery(Name = "dueFrom"), Description("The earliest due date, inclusive (ISO 8601); leaves out what has none.")]
        DateTimeOffset? DueFrom,
    [property: FromQuery(Name = "dueTo"), Description("The latest due date, inclusive (ISO 8601); leaves out what has none.")]
        DateTimeOffset? DueTo,
    [property: FromQuery(Name = "deleted"), Description("true: only deleted to-dos, in place of only the others.")] bool? Deleted,
    [property:
        FromQuery(Name = "sort"),
        ChoicesOf(typeof(TodoSort), nameof(TodoSort.Names)),
        Description("createdAt, dueDate or priority, with a leading minus for descending; -createdAt by default.")
    ]
        string? Sort
)
{
    /// <exception cref="InvalidInputException">A value is invalid.</exception>
    internal TodoFilter ToFilter()
    {
        if (DueFrom > DueTo)
            throw new InvalidInputException("dueTo", "The latest due date must not be before the earliest.");
        return new TodoFilter(
            Done,
            ParsePriority(),
            TodoText.ToUtc(DueFrom),
            TodoText.ToUtc(DueTo),
            Deleted ?? false,
            QueryValues.ParseText("search", Search)
        );
    }

    /// <exception cref="InvalidInputException">The sort order is unknown.</exception>
    internal TodoSort ToSort() =>
        TodoSort.TryParse(Sort, out var sort)
            ? sort
            : throw new InvalidInputException("sort", $"The sort order must be one of {string.Join(", ", TodoSort.Names)}.");

    private TodoPriority? ParsePriority() =>
        Priority switch
        {
            null => null,
            "low" => TodoPriority.Low,
            "medium" => TodoPriority.Medium,
            "high" => TodoPriority.High,
            _ => throw new InvalidInputException("priority", "The priority must be low, medium or high."),
        };
}
