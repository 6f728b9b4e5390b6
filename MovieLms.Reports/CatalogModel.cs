namespace MovieLms.Reports;

/// <summary>The figures of a catalogue report.</summary>
/// <param name="Movies">Movies in the catalogue.</param>
/// <param name="Rated">Movies that have a rating.</param>
/// <param name="MeanRating">0 to 10, over the rated movies; null when there are none.</param>
public sealed record CatalogModel(int Movies, int Rated, double? MeanRating)
{
    /// <summary>Ascending; movies whose year is unknown have null.</summary>
    public IReadOnlyList<YearFigure> Years { get; init; } = [];

    /// <summary>Highest average first; movies without a genre have null.</summary>
    public IReadOnlyList<GenreFigure> Genres { get; init; } = [];

    /// <summary>The number of movies per band of one point, from 0.</summary>
    public IReadOnlyList<int> RatingBands { get; init; } = [];

    /// <summary>Movies without a rating.</summary>
    public int Unrated { get; init; }

    /// <summary>The best movies, best first.</summary>
    public IReadOnlyList<RankedFigure> TopRated { get; init; } = [];
}

/// <summary>The number of movies of a year.</summary>
public sealed record YearFigure(int? Year, int Count);

/// <summary>The average rating, 0 to 10, and the number of the movies of a genre.</summary>
public sealed record GenreFigure(string? Genre, double? AverageRating, int Count);

/// <summary>A movie of the ranking, with its rating from 0 to 10.</summary>
public sealed record RankedFigure(string Title, string? Director, string? Genre, int? Year, double Rating, long Votes);
