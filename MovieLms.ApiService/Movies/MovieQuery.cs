using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Http;
using MovieLms.Data.Movies;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Movies;

/// <summary>The filters of the movie list.</summary>
internal readonly record struct MovieQuery(
    [property:
        FromQuery(Name = "search"),
        StringLength(QueryValues.MaxTextLength),
        Description("Words that must each begin a word of the title or the director's name; case and accents do not matter.")
    ]
        string? Search,
    [property:
        FromQuery(Name = "genre"),
        StringLength(QueryValues.MaxTextLength),
        Description("The genre, whole; case and accents do not matter.")
    ]
        string? Genre,
    [property: FromQuery(Name = "yearFrom"), Description("The first year, inclusive.")] int? YearFrom,
    [property: FromQuery(Name = "yearTo"), Description("The last year, inclusive.")] int? YearTo,
    [property:
        FromQuery(Name = "minRating"),
        Range(0, MovieLimits.MaxRating),
        Description("The lowest rating, 0 to 10; movies without one are left out.")
    ]
        double? MinRating,
    [property:
        FromQuery(Name = "director"),
        StringLength(QueryValues.MaxTextLength),
        Description("Words that must each begin a word of the director's name.")
    ]
        string? Director,
    [property:
        FromQuery(Name = "sort"),
        ChoicesOf(typeof(MovieSort), nameof(MovieSort.Names)),
        Description("title, rating, year, votes or added (the time of creation), with a leading minus for descending; title by default.")
    ]
        string? Sort,
    [property: FromQuery(Name = "deleted"), Description("true: only deleted movies, in place of only the others. Only for administrators.")]
        bool? Deleted
)
{
    /// <exception cref="InvalidInputException">A value is out of range.</exception>
    internal MovieFilter ToFilter()
    {
        var filter = new MovieFilter(
            QueryValues.ParseText("search", Search),
            QueryValues.ParseText("genre", Genre),
            QueryValues.RequireInRange("yearFrom", YearFrom, 0, 9999),
            QueryValues.RequireInRange("yearTo", YearTo, 0, 9999),
            QueryValues.RequireInRange("minRating", MinRating, 0, MovieLimits.MaxRating),
            QueryValues.ParseText("director", Director),
            Deleted is true
        );
        return filter.YearFrom > filter.YearTo
            ? throw new InvalidInputException("yearTo", "The last year must not be before the first.")
            : filter;
    }
}
