namespace MovieLms.Worker.Imports.Movies;

/// <summary>
/// Detects release years that two-digit dates have put a century too late ("Jan 01 27" read as 2027). The rule uses only the file, not
/// today's date: the years of its movies are contiguous up to the newest one, and years after a gap are a century off. See
/// docs/imports.md for the rule and its limits.
/// </summary>
internal sealed class CenturyRule
{
    /// <summary>The number of consecutive years without a movie that ends the contiguous range.</summary>
    private const int GapYears = 3;

    /// <summary>Smaller files may have such gaps by chance.</summary>
    private const int MinDates = 500;

    /// <summary>If more than one date in this many would change, the dates are assumed to be right.</summary>
    private const int MinDatesPerCorrection = 50;

    private readonly SortedDictionary<int, int> _movies = [];
    private int _dates;

    /// <summary>Adds a date that was written with a month name. ISO dates always have four-digit years.</summary>
    internal void Add(DateOnly date)
    {
        _movies[date.Year] = _movies.GetValueOrDefault(date.Year) + 1;
        _dates++;
    }

    /// <summary>Returns the newest plausible year; null if no date needs a correction.</summary>
    internal int? GetNewestYear()
    {
        if (_dates < MinDates)
            return null;
        var newest = _movies.MaxBy(year => year.Value).Key;
        foreach (var year in _movies.Keys)
        {
            if (year > newest && year <= newest + GapYears)
                newest = year;
        }

        var corrections = _movies.Where(year => year.Key > newest).Sum(year => year.Value);
        return corrections == 0 || corrections * MinDatesPerCorrection > _dates ? null : newest;
    }

    /// <summary>Moves a date after the newest plausible year back by a century.</summary>
    internal static DateOnly Correct(DateOnly date, int? newestYear) => date.Year > newestYear ? date.AddYears(-100) : date;
}
