using EmbeddedMongo.Aggregation.Stages;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Aggregation;

public sealed class PipelineTests
{
    [Theory]
    [InlineData("[{$match: {a: 1}}, {$group: {_id: '$b', n: {$sum: '$c.d'}}}]", "a,b,c")]
    [InlineData("[{$group: {_id: null, n: {$sum: 1}}}]", "")]
    [InlineData("[{$count: 'n'}]", "")]
    [InlineData("[{$project: {a: 1, b: '$c'}}]", "_id,a,c")]
    [InlineData("[{$unwind: '$a'}, {$sortByCount: '$a.b'}]", "a")]
    [InlineData("[{$addFields: {x: {$getField: 'y'}}}, {$project: {_id: 0, x: 1}}]", "x,y")]
    [InlineData("[{$project: {a: 0}}]", null)]
    [InlineData("[{$match: {a: 1}}]", null)]
    [InlineData("[{$group: {_id: '$a', all: {$push: '$$ROOT'}}}]", null)]
    [InlineData("[{$facet: {x: [{$count: 'n'}], y: [{$sortByCount: '$a'}]}}]", "a")]
    [InlineData("[{$facet: {x: [{$limit: 1}]}}]", null)]
    [InlineData("[{$lookup: {from: 'f', localField: 'a.b', foreignField: 'c', as: 'j'}}, {$group: {_id: '$j.x'}}]", "a,j")]
    public void Needed_fields_are_those_the_result_depends_on(string pipeline, string? expected)
    {
        var needed = MemoryCollections.Parse(pipeline).NeededFields();
        Assert.Equal(expected, needed is null ? null : string.Join(',', needed.Names.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Leading_stages_become_a_query()
    {
        var head = MemoryCollections
            .Parse("[{$match: {a: 1}}, {$sort: {b: 1}}, {$match: {c: 2}}, {$limit: 10}, {$skip: 3}, {$limit: 5}, {$project: {a: 1}}]")
            .SplitLeading();
        Assert.Equal(2, Assert.IsType<AndExpression>(head.Filter).Children.Length);
        Assert.Equal("b", Assert.Single(head.Sort!.Fields).Path);
        Assert.Equal((3L, 5L), (head.Skip, head.Limit));
        Assert.IsType<ProjectStage>(Assert.Single(head.Rest.Stages));
    }

    [Theory]
    [InlineData("[{$addFields: {x: 1}}, {$match: {a: 1, x: 1}}]", "a")]
    [InlineData("[{$set: {'x.y': 1}}, {$match: {'x.z': 1, b: 2}}]", "b")]
    [InlineData("[{$unset: 'x'}, {$sort: {b: 1}}, {$match: {a: 1}}, {$match: {b: 1, x: null}}]", "a,b")]
    [InlineData("[{$project: {a: 1, c: '$b', 'd.e': 1}}, {$match: {_id: 1, a: 1, b: 1, c: 1, 'd.e': 1}}]", "_id,a")]
    [InlineData("[{$project: {_id: 0, a: 1}}, {$match: {_id: 1}}]", "")]
    [InlineData("[{$addFields: {x: 1}}, {$match: {$expr: {$eq: ['$$ROOT', {a: 1}]}}}]", "")]
    [InlineData("[{$addFields: {x: 1}}, {$limit: 1}, {$match: {a: 1}}]", "")]
    public void Filters_move_before_stages_that_do_not_change_their_fields(string pipeline, string fields)
    {
        var read = new FieldSet();
        MemoryCollections.Parse(pipeline).SplitLeading().Filter.CollectFields(read);
        Assert.Equal(fields, string.Join(',', read.Names.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Skip_beyond_a_limit_sets_the_limit_to_zero()
    {
        var head = MemoryCollections.Parse("[{$limit: 3}, {$skip: 5}]").SplitLeading();
        Assert.Equal(0, head.Limit);
    }

    [Theory]
    [InlineData("[{$group: {_id: '$_id', x: {$push: '$$ROOT'}}}]")]
    [InlineData("[{$sort: {a: 1}}]")]
    [InlineData("[{$facet: {x: []}}]")]
    [InlineData("[{$bucketAuto: {groupBy: '$a', buckets: 2}}]")]
    [InlineData("[{$setWindowFields: {output: {x: {$sum: 1}}}}]")]
    public void Blocking_stage_over_its_memory_limit_is_rejected(string pipeline)
    {
        var collections = new MemoryCollections().With(
            "c",
            Enumerable.Range(0, 200).Select(i => $"{{_id: {i}, a: '{new string('x', 100)}'}}")
        );
        var error = Assert.Throws<MongoErrorException>(() => collections.Run("c", pipeline, memoryLimit: 10_000));
        Assert.Equal((292, "QueryExceededMemoryLimitNoDiskUseAllowed"), (error.Code, error.CodeName));
    }

    [Fact]
    public void Sort_with_a_limit_keeps_only_that_many_documents()
    {
        var collections = new MemoryCollections().With("c", Enumerable.Range(0, 2000).Select(i => $"{{_id: {i}, a: {i * 7919 % 2000}}}"));
        var top = collections.Run("c", "[{$sort: {a: -1}}, {$skip: 1}, {$limit: 2}]", memoryLimit: 10_000);
        Assert.Equal([1998, 1997], top.Select(d => d["a"].AsInt32));
    }

    [Fact]
    public void Values_already_in_a_set_use_no_memory()
    {
        var collections = new MemoryCollections().With("c", Enumerable.Range(0, 2000).Select(i => $"{{_id: {i}, a: {i % 3}}}"));
        var group = Assert.Single(
            collections.Run("c", "[{$group: {_id: null, a: {$addToSet: '$a'}, m: {$mergeObjects: {k: '$a'}}}}]", memoryLimit: 2_000)
        );
        Assert.Equal(3, group["a"].AsBsonArray.Count);
    }

    [Theory]
    [InlineData("[{$group: {_id: '$_id'}}]")]
    [InlineData("[{$match: {_id: -1}}]")]
    [InlineData("[{$project: {x: {$reduce: {input: {$range: [0, 100000]}, initialValue: 0, in: {$add: ['$$value', '$$this']}}}}}]")]
    public void Deadline_stops_a_running_pipeline(string pipeline)
    {
        var collections = new MemoryCollections().With("c", Enumerable.Range(0, 500).Select(i => $"{{_id: {i}}}"));
        var error = Assert.Throws<MongoErrorException>(() =>
            collections.Run("c", pipeline, checkInterrupted: () => throw MongoErrorException.MaxTimeExpired())
        );
        Assert.Equal(50, error.Code);
    }

    [Fact]
    public void Equal_numbers_of_different_types_form_one_group()
    {
        var collections = new MemoryCollections().With(
            "c",
            "{k: 1}",
            "{k: 1.0}",
            "{k: {$numberLong: '1'}}",
            "{k: {$numberDecimal: '1.0'}}",
            "{k: null}",
            "{}"
        );
        Assert.Equal([4, 2], collections.Run("c", "[{$group: {_id: '$k', n: {$sum: 1}}}]").Select(d => d["n"].AsInt32));
    }

    [Fact]
    public void Stages_do_not_modify_shared_documents()
    {
        var collections = new MemoryCollections().With("c", "{_id: 1, s: {a: 1}, t: [1, 2]}");
        var results = collections.Run(
            "c",
            "[{$unwind: '$t'}, {$replaceRoot: {newRoot: '$s'}}, {$addFields: {self: '$$ROOT', a: {$add: ['$a', 1]}}}]"
        );
        Assert.All(results, r => Assert.Equal("{ \"a\" : 2, \"self\" : { \"a\" : 1 } }", r.ToJson()));
    }

    [Fact]
    public void Long_pipelines_and_deep_nesting_are_rejected()
    {
        var stages = string.Join(',', Enumerable.Repeat("{$limit: 1}", 1001));
        Assert.Equal(7749501, Assert.Throws<MongoErrorException>(() => MemoryCollections.Parse($"[{stages}]")).Code);
        var nested = Enumerable.Range(0, 25).Aggregate("[]", (inner, _) => $"[{{$unionWith: {{coll: 'c', pipeline: {inner}}}}}]");
        Assert.Equal(9, Assert.Throws<MongoErrorException>(() => MemoryCollections.Parse(nested)).Code);
    }

    [Theory]
    [InlineData("$graphLookup", 115)]
    [InlineData("$changeStream", 40573)]
    [InlineData("$search", 31082)]
    [InlineData("$typo", 40324)]
    public void Unsupported_stages_are_rejected_by_name(string stage, int code)
    {
        var error = Assert.Throws<MongoErrorException>(() => MemoryCollections.Parse($"[{{{stage}: {{}}}}]"));
        Assert.Equal(code, error.Code);
        Assert.Contains(stage, error.Message, StringComparison.Ordinal);
    }
}
