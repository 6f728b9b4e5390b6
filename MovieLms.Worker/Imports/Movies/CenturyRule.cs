namespace MovieLms.Worker.Imports.Movies;

/// <summary>
/// Finds release years that two-digit dates have put a century too late ("Jan 01 27" read as 2027). Today's date says nothing
/// about a file; the file itself does: its films lie close together in time up to its newest year, and what lies beyond an
/// empty stretch after that is older. The rule and its limits are in docs/imports.md.
/// </summary>
internal sealed class CenturyRule
{
    /// <summary>As many empty years end the file's own time.</summary>
    private const int EmptyYears = 3;

    /// <summary>A smaller file may have such gaps by chance.</summary>
    private const int FewestDates = 500;

    /// <summary>Where more than one date in fifty would be put right, it is the file's nature and no slip.</summary>
    private const int MaxSlipShare = 50;

    private readonly SortedDictionary<int, int> _movies = [];
    private int _dates;

    /// <summary>Counts a date that names its month; ISO dates never had two digits for a year.</summary>
    internal void See(DateOnly date)
    {
        _movies[date.Year] = _movies.GetValueOrDefault(date.Year) + 1;
        _dates++;
    }

    /// <summary>The newest plausible year; null when nothing is to be put right.</summary>
    internal int? NewestYear()
    {
        if (_dates < FewestDates)
            return null;
        var newest = _movies.MaxBy(year => year.Value).Key;
        foreach (var year in _movies.Keys)
        {
            if (year > newest && year <= newest + EmptyYears)
                newest = year;
        }

        var slips = _movies.Where(year => year.Key > newest).Sum(year => year.Value);
        return slips == 0 || slips * MaxSlipShare > _dates ? null : newest;
    }

    /// <summary>A date as it was meant.</summary>
    internal static DateOnly Correct(DateOnly date, int? newestYear) => date.Year > newestYear ? date.AddYears(-100) : date;
}
