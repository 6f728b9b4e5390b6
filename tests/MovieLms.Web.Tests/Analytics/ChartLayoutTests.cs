using MovieLms.Web.Analytics;
using MovieLms.Web.Analytics.Charts;

namespace MovieLms.Web.Tests.Analytics;

public sealed class ChartLayoutTests
{
    [Theory]
    [InlineData(0, 4, "0 1")]
    [InlineData(double.NaN, 4, "0 1")]
    [InlineData(1, 4, "0 1")]
    [InlineData(3, 4, "0 1 2 3")]
    [InlineData(10, 4, "0 5 10")]
    [InlineData(97, 4, "0 50 100")]
    [InlineData(101, 4, "0 50 100 150")]
    [InlineData(1_234_567, 4, "0 500000 1000000 1500000")]
    public void Ticks_are_round_and_reach_the_largest_value(double max, int intervals, string expected) =>
        Assert.Equal(expected, string.Join(' ', ChartLayout.GetTicks(max, intervals).Select(tick => $"{tick}")));

    [Fact]
    public void Ticks_of_fractions_have_no_rounding_errors() =>
        Assert.Equal([0, 0.1, 0.2, 0.3], ChartLayout.GetTicks(0.3, 3, isWhole: false));

    [Theory]
    [InlineData("Drama", 10, "Drama")]
    [InlineData("Once Upon a Time in the West", 10, "Once Upon…")]
    [InlineData("Film \ud83c\udfac and more", 7, "Film…")]
    public void Long_labels_are_shortened(string label, int length, string expected) =>
        Assert.Equal(expected, ChartLayout.Truncate(label, length));

    [Theory]
    [InlineData(0, 6, "")]
    [InlineData(5, 6, "0 1 2 3 4")]
    [InlineData(13, 6, "0 3 6 9 12")]
    public void Labels_have_even_distances(int count, int max, string expected) =>
        Assert.Equal(expected, string.Join(' ', ChartLayout.GetLabeled(count, max)));

    [Fact]
    public void Lengths_are_written_for_every_culture()
    {
        Assert.Equal("12.5%", ChartLayout.Percent(12.5));
        Assert.Equal("1.333em", ChartLayout.Em(4 / 3.0));
        Assert.Equal(100, ChartLayout.GetShare(7, 5));
        Assert.Equal(0, ChartLayout.GetShare(7, 0));
    }

    [Fact]
    public void Years_without_movies_are_zero_and_movies_without_a_year_are_left_out()
    {
        var values = MovieAnalytics.FillYears([
            new() { Year = null, Count = 7 },
            new() { Year = 1999, Count = 2 },
            new() { Year = 2001, Count = 1 },
        ]);
        Assert.Equal([("1999", 2.0), ("2000", 0), ("2001", 1)], values.Select(value => (value.Label, value.Value)));
    }

    [Fact]
    public void A_description_names_the_extremes()
    {
        var figure = new Figure(FigureKind.Bars, "Genres", [ChartValue.Count("Noir", 1_200), ChartValue.Count("Drama", 3)]);
        Assert.Equal("2 values, from 3 (Drama) to 1,200 (Noir).", figure.Description);
        Assert.Equal("No values.", new Figure(FigureKind.Bars, "Genres", []).Description);
    }
}
