namespace MovieLms.Reports;

/// <summary>The figures of a catalog report.</summary>
/// <param name="Movies">The number of movies in the catalog.</param>
/// <param name="Rated">The number of movies with a rating.</param>
/// <param name="MeanRating">The mean rating of the rated movies, from 0 to 10; null if there are none.</param>
public sealed record CatalogModel(int Movies, int Rated, double? MeanRating)
{
    /// <summary>The address of the page with all figures; null if there is none.</summary>
    public string? PageUrl { get; init; }

    /// <summary>The number of movies per year, ascending; null stands for an unknown year.</summary>
    public IReadOnlyList<YearFigure> Years { get; init; } = [];

    /// <summary>The genres, highest average rating first; null stands for movies without a genre.</summary>
    public IReadOnlyList<GenreFigure> Genres { get; init; } = [];

    /// <summary>The number of movies per rating band of one point, starting at 0.</summary>
    public IReadOnlyList<int> RatingBands { get; init; } = [];

    /// <summary>The number of movies without a rating.</summary>
    public int Unrated { get; init; }

    /// <summary>The top-rated movies, best first.</summary>
    public IReadOnlyList<RankedFigure> TopRated { get; init; } = [];
}

/// <summary>The number of movies in a year.</summary>
public sealed record YearFigure(int? Year, int Count);

/// <summary>The average rating, from 0 to 10, and the number of movies of a genre.</summary>
public sealed record GenreFigure(string? Genre, double? AverageRating, int Count);

/// <summary>A movie in the ranking, with its rating from 0 to 10.</summary>
public sealed record RankedFigure(string Title, string? Director, string? Genre, int? Year, double Rating, long Votes);
