using System.Globalization;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Query.Projecting;
using EmbeddedMongo.Update;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Update;

public class UpdateTests
{
    private const string Document = "{_id: 1, a: 5, s: 'x', arr: [3, 1, 2], n: null, o: {x: 1}, docs: [{k: 2, v: 1}, {k: 1}, {k: 3}]}";

    [Theory]
    [InlineData("{$set: {a: 6, new: 1}}", "{a: 6, new: 1}")]
    [InlineData("{$set: {'o.x': 2, 'o.y.z': 3}}", "{o: {x: 2, y: {z: 3}}}")]
    [InlineData("{$set: {'arr.5': 1}}", "{arr: [3, 1, 2, null, null, 1]}")]
    [InlineData("{$unset: {a: 1, 'arr.1': 1, 's.q': 1}}", "{a: null, arr: [3, null, 2]}")]
    [InlineData("{$inc: {a: 2, new: 3}}", "{a: 7, new: 3}")]
    [InlineData("{$inc: {a: 2147483647}}", "{a: NumberLong(2147483652)}")]
    [InlineData("{$inc: {a: NumberDecimal('0.10')}}", "{a: NumberDecimal('5.10')}")]
    [InlineData("{$inc: {a: 0.5}}", "{a: 5.5}")]
    [InlineData("{$mul: {a: 3, new: NumberLong(2), other: 2.5}}", "{a: 15, new: NumberLong(0), other: 0.0}")]
    [InlineData("{$min: {a: 3, s: 9, new: 1}}", "{a: 3, s: 9, new: 1}")]
    [InlineData("{$max: {a: 'x', s: 9}}", "{a: 'x'}")]
    [InlineData("{$rename: {a: 'b', 'o.x': 'p.q', missing: 'c'}}", "{b: 5, a: null, p: {q: 1}, o: {}}")]
    [InlineData("{$rename: {a: 's'}}", "{s: 5, a: null}")]
    [InlineData("{$setOnInsert: {z: 3}, $set: {y: 1}}", "{y: 1}")]
    [InlineData("{$push: {arr: 9, fresh: 1}}", "{arr: [3, 1, 2, 9], fresh: [1]}")]
    [InlineData("{$push: {arr: {$each: [9, 8], $sort: 1, $slice: 3}}}", "{arr: [1, 2, 3]}")]
    [InlineData("{$push: {arr: {$each: [9, 8], $slice: -2, $sort: -1}}}", "{arr: [2, 1]}")]
    [InlineData("{$push: {arr: {$each: [9], $position: -1}}}", "{arr: [3, 1, 9, 2]}")]
    [InlineData("{$push: {arr: {$each: [9], $position: 0}}}", "{arr: [9, 3, 1, 2]}")]
    [InlineData("{$push: {docs: {$each: [], $sort: {k: -1}}}}", "{docs: [{k: 3}, {k: 2, v: 1}, {k: 1}]}")]
    [InlineData("{$push: {arr: {$slice: 1}}}", "{arr: [3, 1, 2, {$slice: 1}]}")]
    [InlineData("{$push: {fresh: {$each: []}}}", "{fresh: []}")]
    [InlineData("{$addToSet: {arr: {$each: [1, 1.0, 5, 5]}}}", "{arr: [3, 1, 2, 5]}")]
    [InlineData("{$addToSet: {arr: [1]}}", "{arr: [3, 1, 2, [1]]}")]
    [InlineData("{$pull: {arr: {$gt: 1}}}", "{arr: [1]}")]
    [InlineData("{$pull: {arr: 1.0}}", "{arr: [3, 2]}")]
    [InlineData("{$pull: {docs: {k: {$gt: 1}}}}", "{docs: [{k: 1}]}")]
    [InlineData("{$pull: {arr: {$in: [1, 2]}}}", "{arr: [3]}")]
    [InlineData("{$pull: {docs: {$or: [{k: 1}, {k: 3}]}}}", "{docs: [{k: 2, v: 1}]}")]
    [InlineData("{$pull: {docs: {$and: [{k: 2}, {v: 1}]}}}", "{docs: [{k: 1}, {k: 3}]}")]
    [InlineData("{$pull: {docs: {$nor: [{k: 1}, {k: 3}]}}}", "{docs: [{k: 1}, {k: 3}]}")]
    [InlineData("{$pull: {arr: {$or: [{k: 1}]}}}", "{}")]
    [InlineData("{$pullAll: {arr: [1, 2]}}", "{arr: [3]}")]
    [InlineData("{$pop: {arr: 1}}", "{arr: [3, 1]}")]
    [InlineData("{$pop: {arr: -1}}", "{arr: [1, 2]}")]
    [InlineData("{$bit: {a: {and: 4}}}", "{a: 4}")]
    [InlineData("{$bit: {a: {xor: NumberLong(1)}}}", "{a: NumberLong(4)}")]
    [InlineData("{$set: {'arr.$[]': 7}}", "{arr: [7, 7, 7]}")]
    [InlineData("{$inc: {'docs.$[].k': 1}}", "{docs: [{k: 3, v: 1}, {k: 2}, {k: 4}]}")]
    [InlineData("{b: 1}", "{b: 1, a: null, s: null, arr: null, n: null, o: null, docs: null}")]
    [InlineData("{_id: 1, s: 'x'}", "{a: null, arr: null, n: null, o: null, docs: null}")]
    public void An_update_makes_the_documented_changes(string update, string changes) => AssertChanges(update, null, "{}", changes);

    [Theory]
    [InlineData("{$inc: {'arr.$[x]': 10}}", "[{x: {$gt: 1}}]", "{}", "{arr: [13, 1, 12]}")]
    [InlineData("{$set: {'docs.$[d].z': 0}}", "[{'d.k': {$gt: 1}}]", "{}", "{docs: [{k: 2, v: 1, z: 0}, {k: 1}, {k: 3, z: 0}]}")]
    [InlineData(
        "{$set: {'docs.$[d].z': 0, 'docs.$[e].z': 1}}",
        "[{'d.k': 1}, {'e.k': 2}]",
        "{}",
        "{docs: [{k: 2, v: 1, z: 1}, {k: 1, z: 0}, {k: 3}]}"
    )]
    [InlineData("{$set: {'docs.$[d].z': 0, 'docs.$[e].z': 1}}", "[{'d.k': 1}, {'e.k': 1}]", "{}", "!40")]
    [InlineData("{$set: {'docs.$[d].z': 0}}", "[{'e.k': 1}]", "{}", "!2")]
    [InlineData("{$set: {'docs.$[d].z': 0}}", "[{'d.k': 1}, {e: 1}]", "{}", "!9")]
    [InlineData("{$set: {'docs.$[d].z': 0}}", "[{'d.k': 1}, {'d.v': 1}]", "{}", "!9")]
    [InlineData("{$set: {'docs.$[D].z': 0}}", "[{'D.k': 1}]", "{}", "!2")]
    [InlineData("{$set: {'docs.$[d].z': 0}}", "[{}]", "{}", "!9")]
    [InlineData("{$set: {'docs.$[d].z': 0}}", "[{'d.k': 1, 'e.k': 1}]", "{}", "!9")]
    [InlineData("{$set: {'arr.$[d]': 0, 'arr.9': 1}}", "[{d: 99}]", "{}", "!40")]
    [InlineData("{$set: {'a.$[d]': 0}}", "[{d: 1}]", "{}", "!2")]
    [InlineData("{$set: {'docs.$.z': 10}}", null, "{'docs.k': 1}", "{docs: [{k: 2, v: 1}, {k: 1, z: 10}, {k: 3}]}")]
    [InlineData("{$unset: {'docs.$': 1}}", null, "{docs: {$elemMatch: {k: 3}}}", "{docs: [{k: 2, v: 1}, {k: 1}, null]}")]
    [InlineData("{$set: {'docs.$.z': 10, 'docs.1.z': 5}}", null, "{'docs.k': 1}", "!40")]
    [InlineData("{$set: {'docs.$.z': 10}}", null, "{a: 5}", "!2")]
    public void The_filter_and_array_filters_select_array_elements(string update, string? filters, string query, string changes) =>
        AssertChanges(update, filters, query, changes);

    [Theory]
    [InlineData("{$set: {'a.b': 1}}", 28)]
    [InlineData("{$set: {'n.b': 1}}", 28)]
    [InlineData("{$set: {'arr.x': 1}}", 28)]
    [InlineData("{$pop: {'a.b': 1}}", 28)]
    [InlineData("{$pull: {a: 1}}", 2)]
    [InlineData("{$pop: {a: 1}}", 14)]
    [InlineData("{$pop: {arr: 2}}", 9)]
    [InlineData("{$push: {a: 1}}", 2)]
    [InlineData("{$addToSet: {a: 1}}", 2)]
    [InlineData("{$inc: {s: 1}}", 14)]
    [InlineData("{$inc: {a: 'x'}}", 14)]
    [InlineData("{$inc: {a: NumberLong('9223372036854775807')}}", 2)]
    [InlineData("{$set: 1}", 9)]
    [InlineData("{$foo: {a: 1}}", 9)]
    [InlineData("{$foo: 1}", 9)]
    [InlineData("{a: 1, $set: {b: 1}}", 52)]
    [InlineData("{$set: {b: 1}, a: 1}", 9)]
    [InlineData("{$set: {a: 1}, $inc: {a: 1}}", 40)]
    [InlineData("{$set: {'o.x': 1, o: 2}}", 40)]
    [InlineData("{$set: {o: 1, 'o-x': 1, 'o.x': 1}}", 40)]
    [InlineData("{$rename: {a: 'b'}, $set: {a: 1}}", 40)]
    [InlineData("{$set: {_id: 2}}", 66)]
    [InlineData("{$unset: {_id: 1}}", 66)]
    [InlineData("{$rename: {_id: 'b'}}", 66)]
    [InlineData("{_id: 2, a: 1}", 66)]
    [InlineData("{$rename: {a: 'a'}}", 2)]
    [InlineData("{$rename: {a: 1}}", 2)]
    [InlineData("{$rename: {'arr.0': 'b'}}", 2)]
    [InlineData("{$rename: {a: 'arr.0'}}", 2)]
    [InlineData("{$rename: {'arr.x': 'b'}}", 28)]
    [InlineData("{$rename: {'a.x': 'b'}}", 28)]
    [InlineData("{$rename: {a: 'arr.x'}}", 2)]
    [InlineData("{$rename: {a: 'a.b'}}", 2)]
    [InlineData("{$set: {'': 1}}", 56)]
    [InlineData("{$set: {'a..b': 1}}", 56)]
    [InlineData("{$set: {$x: 1}}", 52)]
    [InlineData("{$set: {'$[]': 1}}", 2)]
    [InlineData("{$set: {'arr.$': 1}}", 2)]
    [InlineData("{$set: {'a.$[]': 1}}", 2)]
    [InlineData("{$set: {'zz.$[]': 1}}", 2)]
    [InlineData("{$set: {'docs.$.a.$': 1}}", 2)]
    [InlineData("{$set: {'arr.$[x]': 1}}", 2)]
    [InlineData("{$set: {'arr.9999999': 1}}", 2)]
    [InlineData("{$currentDate: {z: 1}}", 2)]
    [InlineData("{$currentDate: {z: {$type: 'x'}}}", 2)]
    [InlineData("{$push: {arr: {$each: 1}}}", 2)]
    [InlineData("{$push: {arr: {$each: [9], $foo: 1}}}", 2)]
    [InlineData("{$push: {arr: {$each: [], $sort: 2}}}", 2)]
    [InlineData("{$push: {arr: {$each: [], $slice: 'x'}}}", 2)]
    [InlineData("{$addToSet: {arr: {$each: 1}}}", 14)]
    [InlineData("{$pullAll: {arr: 1}}", 2)]
    [InlineData("{$bit: {a: {foo: 4}}}", 2)]
    [InlineData("{$bit: {s: {and: 4}}}", 2)]
    public void An_invalid_update_is_rejected_with_the_MongoDB_error_code(string update, int code) =>
        AssertChanges(update, null, "{}", $"!{code}");

    [Theory]
    [InlineData("{_id: 1, a: 2, b: {$gt: 1}}", "{$set: {c: 1}}", "{_id: 1, a: 2, c: 1}")]
    [InlineData("{_id: 1, a: {$in: [2]}}", "{$set: {c: 1}}", "{_id: 1, a: 2, c: 1}")]
    [InlineData("{_id: 1, a: {$in: [2, 3]}}", "{$set: {c: 1}}", "{_id: 1, c: 1}")]
    [InlineData("{_id: 1, $or: [{a: 1}]}", "{$set: {c: 1}}", "{_id: 1, a: 1, c: 1}")]
    [InlineData("{_id: 1, $and: [{a: 1}, {b: 2}]}", "{$set: {c: 1}}", "{_id: 1, a: 1, b: 2, c: 1}")]
    [InlineData("{_id: 1, a: 1, $and: [{a: 2}]}", "{$set: {c: 1}}", "!54")]
    [InlineData("{_id: 1, a: {x: 1}, 'a.x': 1}", "{$set: {c: 1}}", "!54")]
    [InlineData("{_id: 1, 'a.b': 1}", "{$set: {'a.c': 1}}", "{_id: 1, a: {b: 1, c: 1}}")]
    [InlineData("{_id: 1, 'a.0': 1}", "{$set: {c: 1}}", "{_id: 1, a: {'0': 1}, c: 1}")]
    [InlineData("{_id: 1, a: 1}", "{b: 1}", "{_id: 1, b: 1}")]
    [InlineData("{_id: 1}", "{_id: 2}", "!66")]
    [InlineData("{_id: 1}", "{$set: {_id: 2}}", "!66")]
    [InlineData("{a: 1, _id: 1}", "{$inc: {a: 1}}", "{_id: 1, a: 2}")]
    [InlineData("{_id: 1}", "{$setOnInsert: {z: 1}, $set: {y: 1}}", "{_id: 1, y: 1, z: 1}")]
    [InlineData("{a: 1}", "{$setOnInsert: {_id: 7}}", "{_id: 7, a: 1}")]
    [InlineData("{_id: 1, a: /x/}", "{$set: {y: 1}}", "{_id: 1, y: 1}")]
    [InlineData("{_id: 1}", "{$push: {z: 1}, $pull: {q: 1}}", "{_id: 1, z: [1]}")]
    public void An_upsert_starts_from_the_filters_equalities(string filter, string update, string expected)
    {
        var query = MatchParser.Parse(BsonDocument.Parse(filter), MatchContext.Default);
        var program = UpdateParser.Parse(BsonDocument.Parse(update), null, MatchContext.Default);
        if (expected[0] == '!')
        {
            Assert.Equal(
                int.Parse(expected[1..], CultureInfo.InvariantCulture),
                Assert.Throws<MongoErrorException>(() => program.Upsert(query)).Code
            );
            return;
        }

        Assert.Equal(BsonDocument.Parse(expected), program.Upsert(query));
    }

    [Theory]
    [InlineData("[{$set: {a: {$add: ['$a', 1]}, 'o.y': '$s'}}]", "{_id: 1, a: 6, s: 'x', o: {x: 1, y: 'x'}}")]
    [InlineData("[{$unset: ['s', 'o']}, {$addFields: {b: '$a'}}]", "{_id: 1, a: 5, b: 5}")]
    [InlineData("[{$replaceWith: {b: '$a'}}]", "{_id: 1, b: 5}")]
    [InlineData("[{$project: {_id: 0, a: 1}}]", "{_id: 1, a: 5}")]
    [InlineData("[{$set: {_id: 2}}]", "!66")]
    [InlineData("[{$group: {_id: 1}}]", "!72")]
    [InlineData("[{$foo: 1}]", "!40324")]
    public void A_pipeline_computes_the_new_document(string pipeline, string expected)
    {
        var stages = BsonDocument.Parse($"{{p: {pipeline}}}")["p"];
        BsonDocument Run() =>
            UpdateParser
                .Parse(stages, null, MatchContext.Default)
                .Apply(BsonDocument.Parse("{_id: 1, a: 5, s: 'x', o: {x: 1}}"), AlwaysTrueExpression.Instance)
                .Document;
        if (expected[0] == '!')
        {
            Assert.Equal(int.Parse(expected[1..], CultureInfo.InvariantCulture), Assert.Throws<MongoErrorException>(Run).Code);
            return;
        }

        Assert.Equal(BsonDocument.Parse(expected), Run());
    }

    [Fact]
    public void An_upsert_without_an_id_gets_an_ObjectId_as_first_field()
    {
        var query = MatchParser.Parse(new BsonDocument("a", 1), MatchContext.Default);
        var inserted = UpdateParser.Parse(BsonDocument.Parse("{$set: {b: 1}}"), null, MatchContext.Default).Upsert(query);
        Assert.Equal(["_id", "a", "b"], inserted.Names);
        Assert.True(inserted["_id"].IsObjectId);
    }

    [Fact]
    public void A_path_that_is_too_long_is_rejected()
    {
        var path = string.Join('.', Enumerable.Repeat("a", 100_000));
        var update = new BsonDocument("$set", new BsonDocument(path, 1));
        Assert.Equal(15, Assert.Throws<MongoErrorException>(() => UpdateParser.Parse(update, null, MatchContext.Default)).Code);
        var filter = MatchParser.Parse(new BsonDocument(path, 1), MatchContext.Default);
        Assert.False(filter.Matches(BsonDocument.Parse("{a: {a: 1}}")));
        Assert.Equal(
            15,
            Assert
                .Throws<MongoErrorException>(() =>
                    UpdateParser.Parse(BsonDocument.Parse("{$set: {b: 1}}"), null, MatchContext.Default).Upsert(filter)
                )
                .Code
        );
        Assert.Equal(
            15,
            Assert.Throws<MongoErrorException>(() => ProjectionParser.Parse(new BsonDocument(path, 1), null, MatchContext.Default)).Code
        );
        Assert.Equal(15, Assert.Throws<MongoErrorException>(() => SortSpec.Parse(new BsonDocument(path, 1))).Code);
    }

    [Fact]
    public void New_fields_are_added_in_lexicographic_order_and_numbers_in_numeric_order()
    {
        var update = BsonDocument.Parse("{$set: {z: 1, b: 1}, $inc: {'m.10': 1, 'm.9': 1, c: 1}}");
        var result = UpdateParser
            .Parse(update, null, MatchContext.Default)
            .Apply(new BsonDocument("_id", 1), AlwaysTrueExpression.Instance);
        Assert.Equal(BsonDocument.Parse("{_id: 1, b: 1, c: 1, m: {'9': 1, '10': 1}, z: 1}"), result.Document);
        Assert.Equal(["_id", "b", "c", "m", "z"], result.Document.Names);
        Assert.Equal(["9", "10"], result.Document["m"].AsBsonDocument.Names);
    }

    [Theory]
    [InlineData("{$set: {a: 5}}", false)]
    [InlineData("{$set: {a: 5.0}}", true)]
    [InlineData("{$set: {'o': {x: 1}}}", false)]
    [InlineData("{$inc: {a: 0}}", false)]
    [InlineData("{$unset: {missing: 1}}", false)]
    [InlineData("{$pull: {arr: 77}}", false)]
    [InlineData("{$addToSet: {arr: 1}}", false)]
    [InlineData("{$max: {a: 1}}", false)]
    [InlineData("{$set: {}}", false)]
    public void An_update_returns_whether_it_changed_the_document(string update, bool modified)
    {
        var document = BsonDocument.Parse(Document);
        var result = UpdateParser
            .Parse(BsonDocument.Parse(update), null, MatchContext.Default)
            .Apply(document, AlwaysTrueExpression.Instance);
        Assert.Equal(modified, result.Modified);
    }

    private static void AssertChanges(string update, string? filters, string query, string changes)
    {
        var before = BsonDocument.Parse(Document);
        var arrayFilters = filters is null ? null : BsonDocument.Parse($"{{f: {filters}}}")["f"].AsBsonArray;
        var match = MatchParser.Parse(BsonDocument.Parse(query), MatchContext.Default);
        BsonDocument Run() =>
            UpdateParser.Parse(BsonDocument.Parse(update), arrayFilters, MatchContext.Default).Apply(before, match).Document;
        if (changes[0] == '!')
        {
            Assert.Equal(int.Parse(changes[1..], CultureInfo.InvariantCulture), Assert.Throws<MongoErrorException>(Run).Code);
            return;
        }

        var expected = BsonDocument.Parse(Document);
        foreach (var change in BsonDocument.Parse(changes))
        {
            if (change.Value.IsBsonNull)
                expected.Remove(change.Name);
            else
                expected[change.Name] = change.Value;
        }

        var after = Run();
        Assert.True(
            expected.All(field => BsonIdentity.AreIdentical(field.Value, after.GetValue(field.Name, null)))
                && expected.ElementCount == after.ElementCount,
            $"expected {expected}, got {after}"
        );

        // The old document must not change, since index maintenance reads it.
        Assert.Equal(BsonDocument.Parse(Document), before);
    }
}
