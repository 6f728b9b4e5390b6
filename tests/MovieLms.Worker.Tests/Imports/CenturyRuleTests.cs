using System.Globalization;
using MovieLms.Data.Imports;
using MovieLms.Worker.Imports;
using MovieLms.Worker.Imports.Movies;

namespace MovieLms.Worker.Tests.Imports;

public sealed class CenturyRuleTests
{
    [Fact]
    public async Task Exactly_22_release_years_of_the_sample_are_corrected()
    {
        var rows = await SampleMovies.ReadAsync(SampleMovies.Json, ImportFormat.Json);
        var rule = new CenturyRule();
        foreach (var row in rows)
            rule.Add(Date(row.Values[MovieColumns.ReleaseDate]!));
        var parser = new MovieRowParser(rule.GetNewestYear());

        var corrected = new List<(string, int)>();
        foreach (var row in rows)
        {
            if (parser.Parse(row, out var movie, out var isCorrected) is [] && isCorrected)
                corrected.Add((movie.Details.Title, movie.Details.ReleaseDate!.Value.Year));
        }

        Assert.Equal(2011, rule.GetNewestYear());
        Assert.Equal(22, corrected.Count);
        Assert.Contains(("The Birth of a Nation", 1915), corrected);
        Assert.Contains(("Gone with the Wind", 1939), corrected);
        Assert.All(corrected, movie => Assert.InRange(movie.Item2, 1915, 1946));
    }

    [Fact]
    public void Small_file_with_gaps_is_not_corrected()
    {
        var rule = new CenturyRule();
        foreach (var year in new[] { 1954, 1968, 1968, 1999, 2024 })
            rule.Add(new DateOnly(year, 5, 1));
        Assert.Null(rule.GetNewestYear());
    }

    [Fact]
    public void File_with_many_dates_after_the_gap_is_not_corrected()
    {
        var rule = new CenturyRule();
        for (var i = 0; i < 1_000; i++)
            rule.Add(new DateOnly(1950 + (i % 20), 1, 1));
        for (var i = 0; i < 100; i++)
            rule.Add(new DateOnly(2000 + (i % 20), 1, 1));
        Assert.Null(rule.GetNewestYear());
    }

    [Fact]
    public void Iso_date_is_never_corrected()
    {
        Assert.True(Dates.TryParse("2046-12-31", out _, out var hasMonthName));
        Assert.False(hasMonthName);
    }

    [Theory]
    [InlineData("Jun 12 1998")]
    [InlineData("June 12, 1998")]
    [InlineData("12 Jun 1998")]
    [InlineData("12-Jun-1998")]
    [InlineData("1998-06-12")]
    [InlineData("1998/06/12")]
    [InlineData("1998-06-12T23:30:00Z")]
    [InlineData("1998-06-13T01:30:00+02:00")]
    public void Date_is_parsed(string text)
    {
        Assert.True(Dates.TryParse(text, out var date, out _));
        Assert.Equal(new DateOnly(1998, 6, 12), date);
    }

    [Theory]
    [InlineData("12.06.1998")]
    [InlineData("06/12/98")]
    [InlineData("Jun 12 98")]
    [InlineData("Feb 30 1998")]
    [InlineData("soon")]
    public void Ambiguous_or_invalid_date_is_rejected(string text) => Assert.False(Dates.TryParse(text, out _, out _));

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "MMM dd yyyy", CultureInfo.InvariantCulture);
}
