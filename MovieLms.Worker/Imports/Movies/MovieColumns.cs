using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Movies;

/// <summary>The columns of a movie file: the API's names, and those of the sample file from vega-datasets.</summary>
internal static class MovieColumns
{
    internal const int Title = 0;
    internal const int Genre = 1;
    internal const int Year = 2;
    internal const int Rating = 3;
    internal const int Votes = 4;
    internal const int DirectorName = 5;
    internal const int DirectorNationality = 6;
    internal const int RuntimeMinutes = 7;
    internal const int Distributor = 8;
    internal const int MpaaRating = 9;
    internal const int GrossUs = 10;
    internal const int GrossWorldwide = 11;
    internal const int Budget = 12;
    internal const int ReleaseDate = 13;

    internal static ColumnSet All { get; } =
        new(
            "title",
            ["title"],
            ["genre", "Major Genre"],
            ["year"],
            ["rating", "IMDB Rating"],
            ["ratingCount", "IMDB Votes", "votes"],
            ["director.name", "director"],
            ["director.nationality"],
            ["runtimeMinutes", "Running Time min", "runtime"],
            ["distributor"],
            ["mpaaRating", "MPAA Rating"],
            ["gross.us", "US Gross"],
            ["gross.worldwide", "Worldwide Gross"],
            ["budget", "Production Budget"],
            ["releaseDate", "Release Date"]
        );
}
