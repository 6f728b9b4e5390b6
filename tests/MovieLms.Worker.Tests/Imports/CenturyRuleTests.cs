using System.Globalization;
using MovieLms.Data.Imports;
using MovieLms.Worker.Imports;
using MovieLms.Worker.Imports.Movies;

namespace MovieLms.Worker.Tests.Imports;

public sealed class CenturyRuleTests
{
    [Fact]
    public async Task Sample_has_exactly_22_release_years_put_right()
    {
        var rows = await SampleMovies.ReadAsync(SampleMovies.Json, ImportFormat.Json);
        var rule = new CenturyRule();
        foreach (var row in rows)
            rule.See(Date(row.Values[MovieColumns.ReleaseDate]!));
        var parser = new MovieRowParser(rule.NewestYear());

        var corrected = new List<(string, int)>();
        foreach (var row in rows)
        {
            if (parser.Parse(row, out var film, out var isCorrected) is [] && isCorrected)
                corrected.Add((film.Details.Title, film.Details.ReleaseDate!.Value.Year));
        }

        Assert.Equal(2011, rule.NewestYear());
        Assert.Equal(22, corrected.Count);
        Assert.Contains(("The Birth of a Nation", 1915), corrected);
        Assert.Contains(("Gone with the Wind", 1939), corrected);
        Assert.All(corrected, film => Assert.InRange(film.Item2, 1915, 1946));
    }

    [Fact]
    public void Small_file_with_gaps_is_left_as_it_is()
    {
        var rule = new CenturyRule();
        foreach (var year in new[] { 1954, 1968, 1968, 1999, 2024 })
            rule.See(new DateOnly(year, 5, 1));
        Assert.Null(rule.NewestYear());
    }

    [Fact]
    public void File_whose_later_films_are_many_is_left_as_it_is()
    {
        var rule = new CenturyRule();
        for (var i = 0; i < 1_000; i++)
            rule.See(new DateOnly(1950 + (i % 20), 1, 1));
        for (var i = 0; i < 100; i++)
            rule.See(new DateOnly(2000 + (i % 20), 1, 1));
        Assert.Null(rule.NewestYear());
    }

    [Fact]
    public void Iso_date_is_never_moved()
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
    public void Date_is_read(string text)
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
    public void Date_that_leaves_a_doubt_is_refused(string text) => Assert.False(Dates.TryParse(text, out _, out _));

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "MMM dd yyyy", CultureInfo.InvariantCulture);
}
