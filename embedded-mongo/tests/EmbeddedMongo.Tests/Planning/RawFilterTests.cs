using EmbeddedMongo.Bson;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Planning;

/// <summary>Filters on the stored bytes accept the same documents as filters on decoded documents.</summary>
public sealed class RawFilterTests
{
    private static readonly string[] Documents =
    [
        "{}",
        "{n: 1}",
        "{gone: null, n: 1}",
        "{n: 1, gone: 5}",
        "{notgone: 5, n: 1}",
        "{gone1: 5, n: 1}",
        "{inner: {gone: 5}, n: 1}",
        @"{text: 'gone\u0000', n: 1}",
        "{n: 1, gone: []}",
        "{n: 1, gone: [1, null]}",
        "{n: null, gone: {gone: null}}",
        "{n: 1, inner: {gone: 5}, gone: 7}",
    ];

    [Theory]
    [InlineData("{gone: null}")]
    [InlineData("{gone: null, n: 1}")]
    [InlineData("{gone: null, n: null}")]
    [InlineData("{gone: {$in: [null, 7]}}")]
    [InlineData("{gone: {$lte: null}, n: {$gte: 1}}")]
    [InlineData("{gone: 5, n: 1}")]
    public void Fields_that_may_be_missing_match_as_in_decoded_documents(string filter)
    {
        var parsed = MatchParser.Parse(BsonDocument.Parse(filter), MatchContext.Default);
        foreach (var needed in (FieldSet?[])[null, new FieldSet("n"), new FieldSet("gone", "text")])
        {
            var raw = RawFilter.Compile(parsed, needed)!;
            Assert.True(raw.IsComplete);
            foreach (var document in Documents.Select(BsonDocument.Parse))
                Assert.True(parsed.Matches(document) == raw.Matches(BsonEncoder.ToBytes(document)), document.ToJson());
        }
    }
}
