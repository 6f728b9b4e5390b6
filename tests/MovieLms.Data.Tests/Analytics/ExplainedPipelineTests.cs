using MongoDB.Bson;
using MovieLms.Data.Analytics;
using MovieLms.Data.Analytics.Courses;
using MovieLms.Data.Analytics.Orders;
using MovieLms.Data.Courses;
using MovieLms.Data.Movies;
using MovieLms.Data.Orders;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Analytics;

public sealed class ExplainedPipelineTests(DataFixture data) : IClassFixture<DataFixture>
{
    private static readonly ObjectId CourseId = ObjectId.GenerateNewId();

    private static readonly Dictionary<string, ExplainedPipeline> Pipelines = new()
    {
        ["ratings-by-genre"] = AnalyticPipelines.RatingsByGenre,
        ["movies-by-year"] = AnalyticPipelines.MoviesByYear,
        ["favorites"] = AnalyticPipelines.UsersWithFavorites,
        ["top-rated"] = AnalyticPipelines.TopRated(5, 10, 3_000_000_000),
        ["rating-buckets"] = AnalyticPipelines.RatingBuckets([0, 2.5, 10]),
        ["facets"] = AnalyticPipelines.Facets(new MovieFilter("night", "Noir"))!,
        ["reviewers"] = AnalyticPipelines.Reviewers(7),
        ["orders/by-customer"] = OrderPipelines.ByCustomer(OrderStatus.Paid, 9),
        ["orders/by-status"] = OrderPipelines.ByStatus,
        ["orders/by-item"] = OrderPipelines.ByItem,
        ["orders/users"] = OrderPipelines.Users(8),
        ["enrollments of a course"] = CoursePipelines.Enrollments(CourseId),
        ["lectures of a course"] = CoursePipelines.Lectures(CourseId),
    };

    public static TheoryData<string> Names() => [.. Pipelines.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_shown_stages_are_sent_to_the_database(string name)
    {
        var commands = await data.CaptureCommandsAsync(() => RunAsync(name));
        var shown = Pipelines[name];
        var sent = commands.Single(command => command["aggregate"] == shown.Collection);
        Assert.Equal(
            sent["pipeline"].AsBsonArray.Select(stage => RelaxedJson.Serialize(stage.AsBsonDocument)),
            shown.Stages.Select(stage => stage.Json)
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_stage_has_an_explanation(string name) =>
        Assert.All(Pipelines[name].Stages, stage => Assert.Matches("^[A-Z].{10,}[.]$", stage.Explanation));

    [Fact]
    public void A_filter_that_matches_nothing_has_no_pipeline() => Assert.Null(AnalyticPipelines.Facets(new MovieFilter("!")));

    private static CourseDocument NewCourse() =>
        new()
        {
            Id = CourseId,
            Title = "A course",
            TitleKey = "a course",
            Words = [],
            Currency = "EUR",
            OwnerId = ObjectId.GenerateNewId(),
        };

    private Task RunAsync(string name)
    {
        var analytics = data.Get<AnalyticsStore>();
        var orders = data.Get<OrderAnalytics>();
        return name switch
        {
            "ratings-by-genre" => analytics.RatingsByGenreAsync(default),
            "movies-by-year" => analytics.MoviesByYearAsync(default),
            "favorites" => analytics.UsersWithFavoritesAsync(default),
            "top-rated" => analytics.TopRatedAsync(5, 10, 3_000_000_000, default),
            "rating-buckets" => analytics.RatingBucketsAsync([0, 2.5, 10], default),
            "facets" => analytics.FacetsAsync(new MovieFilter("night", "Noir"), default),
            "reviewers" => analytics.ReviewersAsync(7, default),
            "orders/by-customer" => orders.ByCustomerAsync(OrderStatus.Paid, 9, default),
            "orders/by-status" => orders.ByStatusAsync(default),
            "orders/by-item" => orders.ByItemAsync(default),
            "orders/users" => orders.UsersAsync(8, default),
            _ => data.Get<CourseAnalytics>().ReportAsync(NewCourse(), default),
        };
    }
}
