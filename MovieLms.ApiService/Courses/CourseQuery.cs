using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Http;
using MovieLms.Data.Courses;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Courses;

/// <summary>The filters of the course list.</summary>
internal readonly record struct CourseQuery(
    [property:
        FromQuery(Name = "search"),
        StringLength(QueryValues.MaxTextLength),
        Description("Words that must each begin a word of the title; case and accents do not matter.")
    ]
        string? Search,
    [property:
        FromQuery(Name = "status"),
        Choices<CourseStatus>,
        Description("Only draft or only published courses, of those that the caller sees.")
    ]
        string? Status,
    [property: FromQuery(Name = "ownerId"), Description("Only the courses of this instructor.")] string? OwnerId,
    [property: FromQuery(Name = "archived"), Description("true: only archived courses, in place of only the others.")] bool? Archived,
    [property:
        FromQuery(Name = "sort"),
        ChoicesOf(typeof(CourseLists), nameof(CourseLists.Sorts)),
        Description("title or createdAt, with a leading minus for descending; title by default.")
    ]
        string? Sort
)
{
    /// <exception cref="InvalidInputException">A value is out of range.</exception>
    internal CourseFilter ToFilter() =>
        new(
            QueryValues.ParseText("search", Search),
            QueryValues.ParseEnum<CourseStatus>("status", Status),
            QueryValues.ParseId("ownerId", OwnerId),
            Archived ?? false
        );

    /// <exception cref="InvalidInputException">The sort order is unknown.</exception>
    internal string ToSort() =>
        Sort is null ? CourseLists.Sorts[0]
        : CourseLists.Sorts.Contains(Sort) ? Sort
        : throw new InvalidInputException("sort", $"The sort order must be one of {string.Join(", ", CourseLists.Sorts)}.");
}
