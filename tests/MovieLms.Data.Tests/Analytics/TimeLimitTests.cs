using MovieLms.Data.Analytics;
using MovieLms.Data.Movies;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Analytics;

public sealed class TimeLimitTests(DataFixture data) : IClassFixture<DataFixture>
{
    [Theory]
    [InlineData("rating buckets", 20_000)]
    [InlineData("rating buckets with custom boundaries", 5_000)]
    [InlineData("facets", 20_000)]
    [InlineData("facets of a search", 5_000)]
    [InlineData("top rated", 20_000)]
    [InlineData("top rated after a skip", 5_000)]
    [InlineData("top rated with a minimum", 5_000)]
    public async Task Analytics_with_custom_parameters_have_the_shorter_limit(string name, int milliseconds)
    {
        var analytics = data.Get<AnalyticsStore>();
        var commands = await data.CaptureCommandsAsync(() =>
            name switch
            {
                "rating buckets" => analytics.RatingBucketsAsync([0, 10], default),
                "rating buckets with custom boundaries" => analytics.RatingBucketsAsync([0, 10], default, isCustom: true),
                "facets" => analytics.FacetsAsync(new MovieFilter(), default),
                "facets of a search" => analytics.FacetsAsync(new MovieFilter("night"), default, isCustom: true),
                "top rated" => analytics.TopRatedAsync(0, 10, 0, default),
                "top rated after a skip" => analytics.TopRatedAsync(1, 10, 0, default),
                _ => analytics.TopRatedAsync(0, 10, 1, default),
            }
        );
        Assert.Equal(milliseconds, Assert.Single(commands)["maxTimeMS"].ToInt32());
    }
}
