using MovieLms.Application.Caching;

namespace MovieLms.Application.Tests.Caching;

/// <summary>Keys and tags are a contract between processes of different releases: changing one leaves stale responses behind.</summary>
public sealed class CacheKeysTests
{
    [Fact]
    public void Tags_do_not_change()
    {
        Assert.Equal("movies", CacheKeys.Movies);
        Assert.Equal("reviews", CacheKeys.Reviews);
        Assert.Equal("favorites", CacheKeys.Favorites);
        Assert.Equal("enrollments", CacheKeys.Enrollments);
        Assert.Equal("enrollments:7", CacheKeys.EnrollmentsTag("7"));
        Assert.Equal("teaching", CacheKeys.Courses);
        Assert.Equal("work:7", CacheKeys.SubmissionsTag("7"));
        Assert.Equal("dashboard:7:True", CacheKeys.Dashboard("7", true));
    }

    [Fact]
    public void Keys_separate_their_arguments_in_any_culture()
    {
        Assert.Equal("analytics:overview", CacheKeys.Analytics("overview"));
        Assert.Equal("analytics:top-rated:10", CacheKeys.Analytics("top-rated", 10));
        Assert.Equal("analytics:x:1.5||a%7Cb%3A", CacheKeys.Analytics("x", 1.5, null, "a|b:"));
        Assert.Equal("enrollments:7:Active|20", CacheKeys.EnrollmentList("7", "Active", 20));
        Assert.NotEqual(CacheKeys.Analytics("x", "a|b"), CacheKeys.Analytics("x", "a", "b"));
    }
}
