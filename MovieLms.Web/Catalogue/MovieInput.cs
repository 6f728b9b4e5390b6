using System.Globalization;
using MovieLms.Client;
using MovieLms.Web.Layout;

namespace MovieLms.Web.Catalogue;

/// <summary>The fields of a movie as a form has them: text that may not be a number.</summary>
public sealed class MovieInput
{
    private readonly Dictionary<string, IReadOnlyList<string>> _errors = new(StringComparer.OrdinalIgnoreCase);

    public string? Title { get; set; }

    public string? Genre { get; set; }

    public string? Year { get; set; }

    public string? ReleaseDate { get; set; }

    public string? Director { get; set; }

    public string? Nationality { get; set; }

    public string? RuntimeMinutes { get; set; }

    public string? Distributor { get; set; }

    public string? MpaaRating { get; set; }

    public string? GrossUs { get; set; }

    public string? GrossWorldwide { get; set; }

    public string? Budget { get; set; }

    /// <summary>The version that the form shows; null for a new movie.</summary>
    public string? Version { get; set; }

    /// <summary>Returns the fields of a movie.</summary>
    public static MovieInput From(MovieResponse movie) =>
        new()
        {
            Title = movie.Title,
            Genre = movie.Genre,
            Year = Texts.Number(movie.Year),
            ReleaseDate = movie.ReleaseDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Director = movie.Director?.Name,
            Nationality = movie.Director?.Nationality,
            RuntimeMinutes = Texts.Number(movie.RuntimeMinutes),
            Distributor = movie.Distributor,
            MpaaRating = movie.MpaaRating,
            GrossUs = Texts.Number(movie.Gross?.Us),
            GrossWorldwide = Texts.Number(movie.Gross?.Worldwide),
            Budget = Texts.Number(movie.Budget),
            Version = Texts.Number(movie.Version),
        };

    /// <summary>Returns the request, or the messages of the fields that are not numbers or dates.</summary>
    internal (MovieRequest? Request, FormErrors Errors) ToRequest()
    {
        _errors.Clear();
        var request = new MovieRequest
        {
            Title = Title?.Trim() ?? "",
            Genre = Clean(Genre),
            Year = (int?)ParseNumber("year", Year, int.MaxValue),
            ReleaseDate = ParseDate("releaseDate", ReleaseDate),
            RuntimeMinutes = (int?)ParseNumber("runtimeMinutes", RuntimeMinutes, int.MaxValue),
            Distributor = Clean(Distributor),
            MpaaRating = Clean(MpaaRating),
            Budget = ParseNumber("budget", Budget, long.MaxValue),
        };
        if (Clean(Director) is not null || Clean(Nationality) is not null)
            request.Director = new DirectorDto { Name = Clean(Director), Nationality = Clean(Nationality) };
        var (us, worldwide) = (
            ParseNumber("gross.us", GrossUs, long.MaxValue),
            ParseNumber("gross.worldwide", GrossWorldwide, long.MaxValue)
        );
        if (us is not null || worldwide is not null)
            request.Gross = new GrossDto { Us = us, Worldwide = worldwide };
        return _errors.Count == 0
            ? (request, new FormErrors())
            : (null, new FormErrors(new ApiProblem(StatusCodes.Status400BadRequest, "Check the form", null, _errors, null)));
    }

    /// <summary>Returns the fields in which two inputs differ, with the other's value.</summary>
    internal IEnumerable<(string Label, string? Theirs)> Compare(MovieInput other)
    {
        var pairs = new (string Label, string? Mine, string? Theirs)[]
        {
            ("Title", Title, other.Title),
            ("Genre", Genre, other.Genre),
            ("Year", Year, other.Year),
            ("Release date", ReleaseDate, other.ReleaseDate),
            ("Director", Director, other.Director),
            ("Director's nationality", Nationality, other.Nationality),
            ("Running time", RuntimeMinutes, other.RuntimeMinutes),
            ("Distributor", Distributor, other.Distributor),
            ("Rated", MpaaRating, other.MpaaRating),
            ("Gross, US", GrossUs, other.GrossUs),
            ("Gross, worldwide", GrossWorldwide, other.GrossWorldwide),
            ("Budget", Budget, other.Budget),
        };
        return pairs.Where(pair => Clean(pair.Mine) != Clean(pair.Theirs)).Select(pair => (pair.Label, pair.Theirs));
    }

    private long? ParseNumber(string field, string? text, long max)
    {
        if (Clean(text) is not { } digits)
            return null;
        if (long.TryParse(digits.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out var number))
        {
            if (number >= 0 && number <= max)
                return number;
        }
        _errors[field] = ["Enter a whole number."];
        return null;
    }

    private DateTimeOffset? ParseDate(string field, string? text)
    {
        if (Clean(text) is not { } date)
            return null;
        if (DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        _errors[field] = ["Enter a date such as 1972-03-24."];
        return null;
    }

    private static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
