using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Query;

public class MatchTests
{
    private static readonly string[] Documents =
    [
        "{}",
        "{a: null}",
        "{a: []}",
        "{a: [null]}",
        "{a: [[]]}",
        "{a: {}}",
        "{a: {b: null}}",
        "{a: [{}]}",
        "{a: [{b: 1}]}",
        "{a: 4}",
    ];

    [Theory]
    // From the manual ("Query for Null or Missing Fields") and the results of a MongoDB-compatible server.
    [InlineData("{'a.b': null}", "0 1 5 6 7 9")]
    [InlineData("{a: null}", "0 1 3")]
    [InlineData("{a: []}", "2 4")]
    [InlineData("{'a.b': {$exists: false}}", "0 1 2 3 4 5 7 9")]
    [InlineData("{'a.0.b': null}", "0 1 5 6 7 8 9")]
    [InlineData("{a: {$in: [null]}}", "0 1 3")]
    [InlineData("{a: {$gte: null}}", "0 1 3")]
    [InlineData("{a: {$gt: null}}", "")]
    [InlineData("{a: {$ne: null}}", "2 4 5 6 7 8 9")]
    [InlineData("{'a.b': {$ne: null}}", "2 3 4 8")]
    [InlineData("{a: {$not: {$gt: null}}}", "0 1 2 3 4 5 6 7 8 9")]
    [InlineData("{a: {$size: 1}}", "3 4 7 8")]
    [InlineData("{a: {$all: [null]}}", "0 1 3")]
    [InlineData("{a: {$all: []}}", "")]
    [InlineData("{a: {$elemMatch: {}}}", "4 7 8")]
    [InlineData("{a: {$elemMatch: {b: null}}}", "4 7")]
    [InlineData("{a: {$type: 'array'}}", "2 3 4 7 8")]
    [InlineData("{a: {$type: ['number', 'null']}}", "1 3 9")]
    [InlineData("{a: {$lt: [1]}}", "2 3 4")]
    [InlineData("{$nor: [{a: null}, {a: 4}]}", "2 4 5 6 7 8")]
    [InlineData("{$or: [{a: 4}, {a: {}}]}", "5 7 9")]
    [InlineData("{$and: [{a: {$exists: true}}, {a: {$nin: [4, null]}}]}", "2 4 5 6 7 8")]
    public void Null_missing_fields_and_arrays_match_as_in_MongoDB(string filter, string expected) =>
        Assert.Equal(expected, Matching(filter, Documents));

    [Theory]
    [InlineData("{n: 1}", "0 1 2 3")]
    [InlineData("{n: {$gt: 1}}", "4 6")]
    [InlineData("{n: {$lte: 1.0}}", "0 1 2 3 5")]
    [InlineData("{n: NaN}", "7")]
    [InlineData("{n: {$gte: NaN}}", "7")]
    [InlineData("{n: {$lt: NaN}}", "")]
    [InlineData("{n: {$mod: [4, 1]}}", "0 1 2 3 6")]
    [InlineData("{n: {$mod: [2, -1]}}", "5")]
    [InlineData("{n: {$in: [1, 2.5]}}", "0 1 2 3 4")]
    [InlineData("{n: {$bitsAllSet: [0]}}", "0 1 2 3 5 6")]
    [InlineData("{n: {$bitsAnySet: 4}}", "5 6")]
    [InlineData("{n: {$bitsAllClear: 1}}", "")]
    [InlineData("{n: {$bitsAnyClear: 5}}", "0 1 2 3")]
    [InlineData("{n: {$elemMatch: {$gt: 0, $lt: 3}}}", "8")]
    [InlineData("{n: {$gt: 5, $lt: 3}}", "8")]
    public void Numbers_match_across_types(string filter, string expected)
    {
        string[] documents =
        [
            "{n: 1}",
            "{n: NumberLong(1)}",
            "{n: 1.0}",
            "{n: NumberDecimal('1.00')}",
            "{n: 2.5}",
            "{n: -3}",
            "{n: NumberLong(5)}",
            "{n: NaN}",
        ];
        if (filter.Contains("elemMatch", StringComparison.Ordinal) || filter.Contains("$gt: 5", StringComparison.Ordinal))
        {
            documents = [.. documents, "{n: [2, 9]}"];
        }

        Assert.Equal(expected, Matching(filter, documents));
    }

    [Theory]
    [InlineData("^a", "", "0 2 5 9")]
    [InlineData("^A", "i", "0 1 2 5 9 12")]
    [InlineData("^bc", "m", "2")]
    [InlineData("^.$", "", "3 4 11")]
    [InlineData("^.{2}$", "", "8")]
    [InlineData("^\\w$", "", "")]
    [InlineData("\\bfoo\\b", "", "7")]
    [InlineData("a . c", "x", "0")]
    [InlineData("a.b", "s", "2 5 9")]
    [InlineData("\\d", "", "6")]
    [InlineData("^\\s+$", "", "8")]
    [InlineData("[[:alpha:]]+$", "", "0 1 2 5 7 9 12")]
    [InlineData("^[^a]$", "", "3 4 11")]
    [InlineData("\\Qa.b\\E", "", "9")]
    [InlineData("a++b", "", "0 10")]
    [InlineData("a++ab", "", "")]
    [InlineData("(?i)abc", "", "0 1 12")]
    [InlineData("(?P<n>a)bc", "", "0")]
    [InlineData("^\\h", "", "8")]
    [InlineData("\\x{1F600}", "", "3")]
    [InlineData("bc", "", "0 1 2")]
    [InlineData("^ab?c*", "", "0 2 5 9")]
    public void Patterns_use_PCRE_syntax(string pattern, string options, string expected)
    {
        string[] texts = ["abc", "Abc", "a\nbc", "😀", "é", "a b", "x1_", "foo.bar", "  ", "a.b", "tab\t", "[", "ABC"];
        var filter = MatchParser.Parse(
            new BsonDocument("s", new BsonDocument { { "$regex", pattern }, { "$options", options } }),
            MatchContext.Default
        );
        Assert.Equal(
            expected,
            string.Join(' ', Enumerable.Range(0, texts.Length).Where(i => filter.Matches(new BsonDocument("s", texts[i]))))
        );
    }

    [Fact]
    public void A_catastrophic_pattern_with_a_back_reference_is_stopped()
    {
        var filter = MatchParser.Parse(new BsonDocument("s", new BsonRegularExpression("^(a|aa)+\\1b$")), MatchContext.Default);
        var error = Assert.Throws<MongoErrorException>(() => filter.Matches(new BsonDocument("s", new string('a', 5_000))));
        Assert.Equal(51156, error.Code);
    }

    [Theory]
    [InlineData("^abc", "abc", true)]
    [InlineData("^abc.*", "abc", true)]
    [InlineData("^ab\\.c", "ab.c", true)]
    [InlineData("^abc?", "ab", false)]
    [InlineData("^abc+", "abc", false)]
    [InlineData("^ab|c", null, false)]
    [InlineData("abc", null, false)]
    public void An_anchored_prefix_is_extracted_for_the_planner(string pattern, string? prefix, bool only)
    {
        var filter = (RegexExpression)MatchParser.Parse(new BsonDocument("s", new BsonRegularExpression(pattern)), MatchContext.Default);
        Assert.Equal(prefix, filter.AnchoredPrefix);
        Assert.Equal(only, filter.IsPrefixOnly);
    }

    [Theory]
    [InlineData("{a: {$foo: 1}}", 2)]
    [InlineData("{$foo: 1}", 2)]
    [InlineData("{$not: {a: 1}}", 2)]
    [InlineData("{a: {$in: 1}}", 2)]
    [InlineData("{a: {$in: [{$x: 1}]}}", 2)]
    [InlineData("{$or: []}", 2)]
    [InlineData("{$or: 1}", 2)]
    [InlineData("{$and: [1]}", 2)]
    [InlineData("{a: {$not: 1}}", 2)]
    [InlineData("{a: {$not: {}}}", 2)]
    [InlineData("{a: {$regex: '['}}", 51091)]
    [InlineData("{a: {$regex: 'x', $options: 'q'}}", 51108)]
    [InlineData("{a: {$options: 'i'}}", 2)]
    [InlineData("{a: {$mod: [0, 1]}}", 2)]
    [InlineData("{a: {$mod: [1]}}", 2)]
    [InlineData("{a: {$size: -1}}", 2)]
    [InlineData("{a: {$size: 1.5}}", 2)]
    [InlineData("{a: {$type: 99}}", 2)]
    [InlineData("{a: {$type: 'foo'}}", 2)]
    [InlineData("{a: {$all: 1}}", 2)]
    [InlineData("{a: {$elemMatch: 1}}", 2)]
    [InlineData("{a: {$gt: /x/}}", 2)]
    [InlineData("{a: {$ne: /x/}}", 2)]
    [InlineData("{$where: '1'}", 2)]
    [InlineData("{$text: {$search: 'x'}}", 27)]
    [InlineData("{$jsonSchema: {}}", 2)]
    [InlineData("{a: {$near: [1, 1]}}", 2)]
    public void An_unknown_or_malformed_filter_is_rejected_with_the_MongoDB_error_code(string filter, int code)
    {
        var error = Assert.Throws<MongoErrorException>(() => MatchParser.Parse(BsonDocument.Parse(filter), MatchContext.Default));
        Assert.Equal(code, error.Code);
    }

    [Theory]
    [InlineData("{a: {b: 2, $gt: 1}}", "{a: {b: 2, $gt: 1}}", true)]
    [InlineData("{a: {$ref: 'c', $id: 1}}", "{a: {$ref: 'c', $id: 1}}", true)]
    [InlineData("{a: {b: 1, c: 1}}", "{a: {c: 1, b: 1}}", false)]
    public void A_document_operand_is_compared_as_a_whole_with_field_order(string filter, string document, bool expected) =>
        Assert.Equal(expected, Matches(MatchParser.Parse(BsonDocument.Parse(filter), MatchContext.Default), BsonDocument.Parse(document)));

    [Theory]
    [InlineData("{'g.s': {$gt: 5}}", "{g: [{s: 1}, {s: 9}]}", 1)]
    [InlineData("{g: {$elemMatch: {s: 9}}}", "{g: [{s: 1}, {s: 9}]}", 1)]
    [InlineData("{g: 7}", "{g: [5, 6, 7]}", 2)]
    [InlineData("{'g.s': 4}", "{g: [{s: [1]}, {s: [2, 4]}]}", 1)]
    [InlineData("{g: 7}", "{g: 7}", -1)]
    public void The_positional_operator_receives_the_outermost_array_index(string filter, string document, int index)
    {
        var details = new MatchDetails();
        Assert.True(MatchParser.Parse(BsonDocument.Parse(filter), MatchContext.Default).Matches(BsonDocument.Parse(document), details));
        Assert.Equal(index, details.ArrayIndex);
    }

    private static string Matching(string filter, string[] documents)
    {
        var parsed = MatchParser.Parse(BsonDocument.Parse(filter), MatchContext.Default);
        return string.Join(' ', Enumerable.Range(0, documents.Length).Where(i => Matches(parsed, BsonDocument.Parse(documents[i]))));
    }

    /// <summary>Returns whether the document matches, and asserts that the filter on stored bytes agrees.</summary>
    private static bool Matches(MatchExpression filter, BsonDocument document)
    {
        var matches = filter.Matches(document);
        if (RawFilter.Compile(filter) is { } raw)
        {
            var rawMatches = raw.Matches(BsonEncoder.ToBytes(document));
            Assert.True(raw.IsComplete ? rawMatches == matches : rawMatches || !matches, document.ToJson());
        }

        return matches;
    }
}
