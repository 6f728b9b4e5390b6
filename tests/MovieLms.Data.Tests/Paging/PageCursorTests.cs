using MongoDB.Bson;
using MovieLms.Data.Paging;

namespace MovieLms.Data.Tests.Paging;

public sealed class PageCursorTests
{
    [Fact]
    public void A_cursor_is_valid_only_for_its_own_sort_order()
    {
        var cursor = new PageCursor("-rating", 7.5, ObjectId.GenerateNewId());
        Assert.True(PageCursor.TryDecode(cursor.Encode(), "-rating", out var read));
        Assert.Equal(cursor, read);
        Assert.False(PageCursor.TryDecode(cursor.Encode(), "rating", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("e30")]
    [InlineData("!!!")]
    [InlineData("AAAA")]
    [InlineData("BQAAAAA")]
    [InlineData("DAAAABBhAAEAAAAA")]
    public void A_forged_cursor_is_rejected(string text) => Assert.False(PageCursor.TryDecode(text, "title", out _));

    [Fact]
    public void A_cursor_cannot_inject_an_operator_into_a_filter()
    {
        foreach (
            var key in new BsonValue[]
            {
                new BsonDocument("$gt", ""),
                new BsonArray { 1 },
                new BsonRegularExpression("a"),
            }
        )
        {
            Assert.False(PageCursor.TryDecode(new PageCursor("title", key, ObjectId.Empty).Encode(), "title", out _));
        }
    }

    [Fact]
    public void A_cursor_outside_the_range_of_a_filter_does_not_widen_it()
    {
        var filter = new BsonDocument("yearKey", new BsonDocument { { "$gte", 1990 }, { "$lte", 2000 } });
        Keyset.After(filter, new PageCursor("year", 1950, ObjectId.Empty), "yearKey", descending: false);
        Assert.Equal(1990, filter["yearKey"]["$gte"]);
        Keyset.After(
            filter = new BsonDocument("yearKey", new BsonDocument("$gte", 1990)),
            new PageCursor("year", 1995, ObjectId.Empty),
            "yearKey",
            descending: false
        );
        Assert.Equal(1995, filter["yearKey"]["$gte"]);
    }
}
