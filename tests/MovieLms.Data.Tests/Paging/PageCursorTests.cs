using MongoDB.Bson;
using MovieLms.Data.Paging;

namespace MovieLms.Data.Tests.Paging;

public sealed class PageCursorTests
{
    [Fact]
    public void Cursor_is_read_back_for_its_own_order_only()
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
    public void Made_up_cursor_is_refused(string text) => Assert.False(PageCursor.TryDecode(text, "title", out _));

    [Fact]
    public void Cursor_cannot_smuggle_an_operator_into_a_filter()
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
    public void Cursor_beyond_a_filters_own_bound_does_not_widen_it()
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
