using MongoDB.Bson;
using MovieLms.Data.Analytics;
using MovieLms.Data.Movies;

namespace MovieLms.Data.Tests.Analytics;

/// <summary>
/// The pipelines of the analytics, checked without a server: they filter first and their sort orders are total.
/// </summary>
public sealed class PipelineStagesTests
{
    public static TheoryData<string, string, string> Pipelines() =>
        new()
        {
            { nameof(RatingsByGenre), "$match $group $sort $project", Text(RatingsByGenre.Pipeline) },
            { nameof(MoviesByYear), "$match $group $sort $project", Text(MoviesByYear.Pipeline) },
            { nameof(UsersWithFavorites), "$match $group $count", Text(UsersWithFavorites.Pipeline) },
            { nameof(TopRated.BestFive), "$match $sort $limit $project", Text(TopRated.BestFive) },
            { nameof(TopRated), "$match $sort $skip $limit $addFields $unset", Text(TopRated.Pipeline(1, 2, 3)) },
            { nameof(RatingBuckets), "$match $bucket $sort", Text(RatingBuckets.Pipeline([0, 5, 10])) },
            { nameof(Facets), "$match $facet", Text(Facets.Pipeline(MovieLists.Filter(new MovieFilter(Genre: "Noir"))!)) },
            { nameof(Reviewers), "$match $group $sort $limit $lookup $lookup $project", Text(Reviewers.Pipeline(5)) },
        };

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void A_pipeline_has_its_stages_in_order(string name, string stages, string pipeline)
    {
        var names = Stages(pipeline).Select(stage => stage.GetElement(0).Name);
        Assert.True(stages == string.Join(' ', names), name);
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void A_sort_ends_with_the_ID_or_the_key_of_the_group(string name, string stages, string pipeline)
    {
        Assert.NotEmpty(stages);
        foreach (var sort in Stages(pipeline).Where(stage => stage.Contains("$sort")))
            Assert.True(sort["$sort"].AsBsonDocument.Names.Last() == "_id", name);
    }

    [Fact]
    public void A_histogram_includes_empty_buckets_and_counts_the_rest_as_other()
    {
        var histogram = RatingBuckets.Histogram(
            [0, 5, 8, 10],
            [
                new BsonDocument
                {
                    { "_id", 5.0 },
                    { "count", 3 },
                    { "averageRating", 6.5 },
                },
                new BsonDocument
                {
                    { "_id", "other" },
                    { "count", 2 },
                    { "averageRating", BsonNull.Value },
                },
            ]
        );
        Assert.Equal(
            [new RatingBucket(0, 5, 0, null), new RatingBucket(5, 8, 3, 6.5), new RatingBucket(8, 10, 0, null)],
            histogram.Buckets
        );
        Assert.Equal(2, histogram.Other);
    }

    private static string Text(ExplainedPipeline pipeline) => new BsonArray(pipeline.Documents).ToJson();

    private static IEnumerable<BsonDocument> Stages(string pipeline) =>
        MongoDB.Bson.Serialization.BsonSerializer.Deserialize<BsonArray>(pipeline).Select(stage => stage.AsBsonDocument);
}
