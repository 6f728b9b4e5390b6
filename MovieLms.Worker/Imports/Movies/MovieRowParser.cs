using MovieLms.Data.Imports;
using MovieLms.Data.Movies;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Movies;

/// <summary>Validates the rows of a movie file and converts them to movies.</summary>
/// <param name="newestYear">See <see cref="CenturyRule"/>; null if no date needs a correction.</param>
internal sealed class MovieRowParser(int? newestYear)
{
    private readonly RowValues _values = new(MovieColumns.All);

    /// <summary>Parses a row.</summary>
    /// <param name="row">The row of the file.</param>
    /// <param name="movie">The movie. Valid only if there are no problems.</param>
    /// <param name="isCorrected">True if the release date was moved back by a century.</param>
    /// <returns>The problems; empty for a valid row.</returns>
    internal IReadOnlyList<ImportProblem> Parse(in SourceRow row, out MovieImportRow movie, out bool isCorrected)
    {
        _values.SetRow(row);
        var releaseDate = ReadReleaseDate(out isCorrected);
        movie = new MovieImportRow(
            new MovieDetails
            {
                Title = _values.ReadRequiredText(MovieColumns.Title, MovieLimits.Title),
                Genre = _values.ReadText(MovieColumns.Genre, MovieLimits.Genre),
                Year = (int?)_values.ReadWholeNumber(MovieColumns.Year, MovieLimits.FirstYear, MovieLimits.LastYear),
                DirectorName = _values.ReadText(MovieColumns.DirectorName, MovieLimits.DirectorName),
                DirectorNationality = _values.ReadText(MovieColumns.DirectorNationality, MovieLimits.Nationality),
                RuntimeMinutes = (int?)_values.ReadWholeNumber(MovieColumns.RuntimeMinutes, 0, MovieLimits.RuntimeMinutes),
                Distributor = _values.ReadText(MovieColumns.Distributor, MovieLimits.Distributor),
                MpaaRating = _values.ReadText(MovieColumns.MpaaRating, MovieLimits.MpaaRating),
                GrossUs = _values.ReadWholeNumber(MovieColumns.GrossUs, 0, MovieLimits.Money),
                GrossWorldwide = _values.ReadWholeNumber(MovieColumns.GrossWorldwide, 0, MovieLimits.Money),
                Budget = _values.ReadWholeNumber(MovieColumns.Budget, 0, MovieLimits.Money),
                ReleaseDate = releaseDate,
            },
            _values.ReadNumber(MovieColumns.Rating, 0, MovieLimits.MaxRating),
            _values.ReadWholeNumber(MovieColumns.Votes, 0, MovieLimits.Votes) ?? 0
        );
        return _values.Problems;
    }

    private DateOnly? ReadReleaseDate(out bool isCorrected)
    {
        isCorrected = false;
        if (_values.ReadText(MovieColumns.ReleaseDate, 40) is not { } text)
            return null;
        if (!Dates.TryParse(text, out var date, out var hasMonthName) || date.Year is < MovieLimits.FirstYear or > MovieLimits.LastYear)
        {
            _values.AddProblem(MovieColumns.ReleaseDate, Dates.ErrorMessage);
            return null;
        }
        var corrected = hasMonthName ? CenturyRule.Correct(date, newestYear) : date;
        isCorrected = corrected != date;
        return corrected;
    }
}
