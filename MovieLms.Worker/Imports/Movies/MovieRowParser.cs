using MovieLms.Data.Imports;
using MovieLms.Data.Movies;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Movies;

/// <summary>Judges a row of a film file and makes a film of it.</summary>
/// <param name="newestYear">See <see cref="CenturyRule"/>; null where no date is put right.</param>
internal sealed class MovieRowParser(int? newestYear)
{
    private readonly RowValues _values = new(MovieColumns.All);

    /// <summary>Judges a row.</summary>
    /// <param name="row">As it stands in the file.</param>
    /// <param name="film">The film, when nothing is wrong.</param>
    /// <param name="isCorrected">True when its release date was put a century back.</param>
    /// <returns>What is wrong.</returns>
    internal IReadOnlyList<ImportProblem> Parse(in SourceRow row, out MovieImportRow film, out bool isCorrected)
    {
        _values.Begin(row);
        var releaseDate = ReleaseDate(out isCorrected);
        film = new MovieImportRow(
            new MovieDetails
            {
                Title = _values.RequiredText(MovieColumns.Title, MovieLimits.Title),
                Genre = _values.Text(MovieColumns.Genre, MovieLimits.Genre),
                Year = (int?)_values.Whole(MovieColumns.Year, MovieLimits.FirstYear, MovieLimits.LastYear),
                DirectorName = _values.Text(MovieColumns.DirectorName, MovieLimits.DirectorName),
                DirectorNationality = _values.Text(MovieColumns.DirectorNationality, MovieLimits.Nationality),
                RuntimeMinutes = (int?)_values.Whole(MovieColumns.RuntimeMinutes, 0, MovieLimits.RuntimeMinutes),
                Distributor = _values.Text(MovieColumns.Distributor, MovieLimits.Distributor),
                MpaaRating = _values.Text(MovieColumns.MpaaRating, MovieLimits.MpaaRating),
                GrossUs = _values.Whole(MovieColumns.GrossUs, 0, MovieLimits.Money),
                GrossWorldwide = _values.Whole(MovieColumns.GrossWorldwide, 0, MovieLimits.Money),
                Budget = _values.Whole(MovieColumns.Budget, 0, MovieLimits.Money),
                ReleaseDate = releaseDate,
            },
            _values.Number(MovieColumns.Rating, 0, MovieLimits.HighestRating),
            _values.Whole(MovieColumns.Votes, 0, MovieLimits.Votes) ?? 0
        );
        return _values.Problems;
    }

    private DateOnly? ReleaseDate(out bool isCorrected)
    {
        isCorrected = false;
        if (_values.Text(MovieColumns.ReleaseDate, 40) is not { } text)
            return null;
        if (!Dates.TryParse(text, out var date, out var hasMonthName) || date.Year is < MovieLimits.FirstYear or > MovieLimits.LastYear)
        {
            _values.Report(MovieColumns.ReleaseDate, Dates.Wanted);
            return null;
        }
        var meant = hasMonthName ? CenturyRule.Correct(date, newestYear) : date;
        isCorrected = meant != date;
        return meant;
    }
}
