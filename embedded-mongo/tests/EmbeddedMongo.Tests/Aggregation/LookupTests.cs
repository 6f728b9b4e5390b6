using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Aggregation;

public sealed class LookupTests
{
    private const string Equality = "[{$lookup: {from: 'f', localField: 'k', foreignField: 'k', as: 'j'}}, {$project: {ids: '$j._id'}}]";

    private static readonly string[] Local =
    [
        "{_id: 1, k: 1}",
        "{_id: 2, k: null}",
        "{_id: 3}",
        "{_id: 4, k: [1, 2]}",
        "{_id: 5, k: []}",
        "{_id: 6, k: [[1, 2]]}",
        "{_id: 7, k: 1.0}",
    ];

    private static readonly string[] Foreign =
    [
        "{_id: 1, k: 1}",
        "{_id: 2, k: 2}",
        "{_id: 3, k: null}",
        "{_id: 4}",
        "{_id: 5, k: [1, 5]}",
        "{_id: 6, k: [1, 2]}",
    ];

    [Theory]
    [InlineData(1, "1,5,6")]
    [InlineData(2, "3,4")]
    [InlineData(3, "3,4")]
    [InlineData(4, "1,2,5,6")]
    [InlineData(5, "3,4")]
    [InlineData(6, "6")]
    [InlineData(7, "1,5,6")]
    public void Equality_returns_the_same_result_with_a_hash_table_and_with_an_index(int id, string expected)
    {
        foreach (var indexed in new[] { false, true })
        {
            var collections = new MemoryCollections().With("c", Local).With("f", Foreign);
            if (indexed)
                collections.WithIndex("f", "k");
            var result = collections.Run("c", Equality).Single(d => d["_id"] == id);
            Assert.Equal(expected, string.Join(',', result["ids"].AsBsonArray));
        }
    }

    [Fact]
    public void Equality_without_an_index_reads_the_foreign_collection_once()
    {
        var collections = new MemoryCollections().With("c", Local).With("f", Foreign);
        collections.Run("c", Equality);
        Assert.IsType<AlwaysTrueExpression>(Assert.Single(collections.Filters));
    }

    [Fact]
    public void Equality_with_an_index_looks_up_each_value_once()
    {
        var collections = new MemoryCollections()
            .With("c", "{_id: 1, k: 1}", "{_id: 2, k: 1}", "{_id: 3, k: 2}")
            .With("f", Foreign)
            .WithIndex("f", "k");
        collections.Run("c", Equality);
        Assert.Equal(2, collections.Filters.Count);
        Assert.All(collections.Filters, f => Assert.IsType<ComparisonExpression>(f));
    }

    [Fact]
    public void Sub_pipeline_that_reads_no_variable_runs_once()
    {
        var collections = new MemoryCollections().With("c", Local).With("f", Foreign);
        collections.Run("c", "[{$lookup: {from: 'f', let: {x: '$k'}, pipeline: [{$match: {k: 1}}], as: 'j'}}]");
        Assert.Single(collections.Filters);
    }

    [Theory]
    [InlineData("{$eq: ['$k', '$$x']}")]
    [InlineData("{$and: [{$eq: ['$$x', '$k']}, {$gt: ['$_id', 0]}]}")]
    public void Correlated_equality_reads_the_foreign_collection_once(string condition)
    {
        var collections = new MemoryCollections().With("c", Local).With("f", Foreign);
        var results = collections.Run(
            "c",
            $"[{{$lookup: {{from: 'f', let: {{x: '$k'}}, pipeline: [{{$match: {{$expr: {condition}}}}}], as: 'j'}}}}, {{$project: {{ids: '$j._id'}}}}]"
        );
        Assert.Single(collections.Filters);
        // An expression distinguishes null from missing and does not traverse arrays.
        Assert.Equal(["1", "3", "4", "6", "", "", "1"], results.Select(r => string.Join(',', r["ids"].AsBsonArray)));
    }

    [Fact]
    public void Correlated_equality_returns_the_same_result_with_an_index()
    {
        const string pipeline = "[{$lookup: {from: 'f', let: {x: '$k'}, pipeline: [{$match: {$expr: {$eq: ['$k', '$$x']}}}], as: 'j'}}]";
        var scanned = new MemoryCollections().With("c", Local).With("f", Foreign).Run("c", pipeline);
        var indexed = new MemoryCollections().With("c", Local).With("f", Foreign).WithIndex("f", "k").Run("c", pipeline);
        Assert.Equal<BsonDocument>(scanned, indexed);
    }

    [Fact]
    public void Fused_lookup_and_unwind_return_the_same_result_as_separate_stages()
    {
        const string lookup = "{$lookup: {from: 'f', localField: 'k', foreignField: 'k', as: 'j'}}";
        const string unwind = "{$unwind: {path: '$j', includeArrayIndex: 'at', preserveNullAndEmptyArrays: true}}";
        var collections = new MemoryCollections().With("c", "{_id: 1, k: 1}", "{_id: 2, k: 99}").With("f", Foreign);
        var fused = collections.Run("c", $"[{lookup}, {unwind}]");
        var separate = collections.Run("c", $"[{lookup}, {{$addFields: {{z: 1}}}}, {unwind}, {{$unset: 'z'}}]");
        Assert.Equal(4, fused.Count);
        Assert.Equal<BsonDocument>(separate, fused);
    }

    [Fact]
    public void Inner_variables_of_nested_lookups_keep_their_values()
    {
        var collections = new MemoryCollections()
            .With("c", "{_id: 1, k: 1}", "{_id: 2, k: 2}")
            .With("f", "{_id: 1, k: 1}", "{_id: 2, k: 2}");
        var results = collections.Run(
            "c",
            """
            [{$lookup: {from: 'f', let: {x: '$k'}, as: 'j', pipeline: [
              {$lookup: {from: 'f', let: {y: '$k'}, as: 'i', pipeline: [{$project: {_id: 0, s: {$concat: [{$toString: '$$x'}, {$toString: '$$y'}, {$toString: '$k'}]}}}]}}]}},
             {$project: {_id: 0, s: '$j.i.s'}}]
            """
        );
        Assert.Equal("[[111, 112], [121, 122]]", results[0]["s"].ToString());
        Assert.Equal("[[211, 212], [221, 222]]", results[1]["s"].ToString());
    }
}
