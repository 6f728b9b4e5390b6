using EmbeddedMongo.Bson;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Indexes;

public sealed class KeyEncoderTests
{
    /// <summary>Values at every boundary of the order: types, signs, 2^53, decimals without a binary form, prefixes, zero bytes.</summary>
    private static readonly BsonValue[] Edges =
    [
        BsonMinKey.Value,
        BsonUndefined.Value,
        BsonNull.Value,
        double.NaN,
        double.NegativeInfinity,
        double.MinValue,
        long.MinValue,
        -1e18,
        -9007199254740993L,
        -9007199254740992d,
        int.MinValue,
        -1.5,
        -1,
        -0.1,
        Decimal128.Parse("-0.1"),
        -double.Epsilon,
        Decimal128.Parse("-1E-6176"),
        0,
        -0.0,
        Decimal128.Parse("0E+10"),
        Decimal128.Parse("1E-6176"),
        double.Epsilon,
        2.2250738585072014E-308,
        Decimal128.Parse("0.1"),
        0.1,
        Decimal128.Parse("0.1000000000000000055511151231257827"),
        Decimal128.Parse("0.1000000000000000055511151231257828"),
        1,
        1L,
        1.0,
        Decimal128.Parse("1.000"),
        1.0000000000000002,
        Decimal128.Parse("1.0000000000000002"),
        255,
        256,
        65535,
        int.MaxValue,
        9007199254740991L,
        9007199254740992d,
        9007199254740993L,
        long.MaxValue,
        9223372036854775808d,
        Decimal128.Parse("9223372036854775807"),
        Decimal128.Parse("9223372036854775807.5"),
        double.MaxValue,
        Decimal128.Parse("9.999999999999999999999999999999999E+6144"),
        double.PositiveInfinity,
        Decimal128.PositiveInfinity,
        "",
        "\0",
        "\0\0",
        "\0a",
        "a",
        "a\0",
        "a\0b",
        "aa",
        "b",
        "é",
        "\uFFFD",
        "😀",
        new BsonDocument(),
        new BsonDocument("a", 1),
        new BsonDocument("a", 2),
        new BsonDocument { { "a", 1 }, { "b", 1 } },
        new BsonDocument("b", 0),
        new BsonDocument("a", "x"),
        new BsonArray(),
        new BsonArray { 1 },
        new BsonArray { 1, 2 },
        new BsonArray { 2 },
        new BsonArray { new BsonArray() },
        new BsonBinaryData([]),
        new BsonBinaryData([1]),
        new BsonBinaryData([0, 0]),
        new BsonBinaryData(new byte[16], BsonBinarySubType.UuidStandard),
        ObjectId.Empty,
        ObjectId.Parse("ffffffffffffffffffffffff"),
        false,
        true,
        new BsonDateTime(long.MinValue / 2),
        new BsonDateTime(-1),
        new BsonDateTime(0),
        new BsonDateTime(1),
        new BsonTimestamp(0, 1),
        new BsonTimestamp(1, 0),
        new BsonRegularExpression("a", ""),
        new BsonRegularExpression("a", "i"),
        new BsonRegularExpression("ab", ""),
        BsonMaxKey.Value,
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Encoded_bytes_compare_like_the_values(bool descending)
    {
        foreach (var a in Edges)
        {
            foreach (var b in Edges)
            {
                var expected = Math.Sign(BsonOrder.Compare(a, b)) * (descending ? -1 : 1);
                Assert.True(
                    expected == Math.Sign(Encode(descending, a, 1).AsSpan().SequenceCompareTo(Encode(descending, b, 1))),
                    $"{a} and {b}"
                );
            }
        }
    }

    [Fact]
    public void A_later_field_is_compared_only_if_earlier_ones_are_equal()
    {
        var random = new Random(11);
        for (var round = 0; round < 20_000; round++)
        {
            var (a, b) = (Edges[random.Next(Edges.Length)], Edges[random.Next(Edges.Length)]);
            var (c, d) = (Edges[random.Next(Edges.Length)], Edges[random.Next(Edges.Length)]);
            var descending = random.Next(2) == 0;
            var first = BsonOrder.Compare(a, b) * (descending ? -1 : 1);
            var expected = Math.Sign(first != 0 ? first : BsonOrder.Compare(c, d));
            Assert.Equal(expected, Math.Sign(Encode(descending, a, c).AsSpan().SequenceCompareTo(Encode(descending, b, d))));
        }
    }

    private static byte[] Encode(bool descending, BsonValue first, BsonValue second)
    {
        using var buffer = new PooledBuffer();
        KeyEncoder.Append(buffer, first, descending);
        KeyEncoder.Append(buffer, second, false);
        return buffer.WrittenSpan.ToArray();
    }
}
