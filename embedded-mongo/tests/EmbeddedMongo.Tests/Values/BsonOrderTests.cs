using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Values;

public class BsonOrderTests
{
    [Fact]
    public void Values_of_different_types_follow_the_manuals_type_order()
    {
        BsonValue?[] ordered =
        [
            BsonMinKey.Value,
            null,
            BsonNull.Value,
            1,
            "a",
            new BsonDocument("a", 1),
            new BsonArray { 1 },
            new BsonBinaryData([1]),
            ObjectId.Parse("507f1f77bcf86cd799439011"),
            false,
            new BsonDateTime(0),
            new BsonTimestamp(1),
            new BsonRegularExpression("a"),
            new BsonJavaScript("a"),
            BsonMaxKey.Value,
        ];

        for (var i = 0; i < ordered.Length; i++)
        {
            for (var j = 0; j < ordered.Length; j++)
                Assert.Equal(Math.Sign(i.CompareTo(j)), Math.Sign(BsonOrder.Compare(ordered[i], ordered[j])));
        }
    }

    [Fact]
    public void Numbers_compare_exactly_across_all_four_types()
    {
        const long big = 1L << 53;
        BsonValue[] ordered =
        [
            double.NaN,
            double.NegativeInfinity,
            new BsonDecimal128(Decimal128.Parse("-1E+400")),
            long.MinValue,
            -1.5,
            new BsonDecimal128(Decimal128.Parse("-1.1")),
            0,
            new BsonDecimal128(Decimal128.Parse("1E-6000")),
            double.Epsilon,
            new BsonDecimal128(Decimal128.Parse("0.1")),
            0.1,
            1,
            new BsonDecimal128(Decimal128.Parse("1.000000000000000000000000000000001")),
            (double)big,
            big + 1,
            (double)(big + 2),
            long.MaxValue - 1,
            long.MaxValue,
            9223372036854775808d,
            new BsonDecimal128(Decimal128.Parse("9223372036854775809")),
            double.PositiveInfinity,
        ];

        for (var i = 0; i < ordered.Length; i++)
        {
            for (var j = 0; j < ordered.Length; j++)
            {
                Assert.True(
                    Math.Sign(i.CompareTo(j)) == Math.Sign(BsonOrder.Compare(ordered[i], ordered[j])),
                    $"{ordered[i]} against {ordered[j]}"
                );
            }
        }
    }

    [Theory]
    [InlineData("1", 1L)]
    [InlineData("1.0", 1L)]
    [InlineData("1E+2", 100L)]
    [InlineData("9007199254740993", 9007199254740993L)]
    public void Equal_numbers_of_different_types_have_the_same_hash(string text, long whole)
    {
        var values = new BsonValue[] { whole, new BsonDecimal128(Decimal128.Parse(text)), (double)whole };
        Assert.Equal(BsonOrder.GetHashCode(values[0]), BsonOrder.GetHashCode(values[1]));
        Assert.True(BsonOrder.Equals(values[0], values[1]));
        Assert.Equal((long)(double)whole == whole && BsonOrder.Equals(values[0], values[2]), whole <= 1L << 53);
    }

    [Fact]
    public void Zeros_and_NaNs_of_all_types_have_the_same_key()
    {
        BsonValue[] zeros = [0, 0L, 0d, -0d, new BsonDecimal128(Decimal128.Parse("-0E+3"))];
        BsonValue[] nans = [double.NaN, new BsonDecimal128(Decimal128.QNaN)];
        Assert.Single(zeros.Distinct(BsonOrder.EqualityComparer));
        Assert.Single(nans.Distinct(BsonOrder.EqualityComparer));
    }

    [Fact]
    public void Strings_compare_by_code_point_not_by_utf16_unit()
    {
        Assert.True(BsonOrder.Compare("\uFFFD", "\U0001F600") < 0);
        Assert.True(BsonOrder.Compare("a", "B") > 0);
        Assert.True(BsonOrder.Compare("ab", "abc") < 0);
    }

    [Fact]
    public void Documents_compare_field_by_field_type_first_then_name_then_value()
    {
        // Types are compared before names: {a: "x"} is greater because a string is greater than a number.
        Assert.True(BsonOrder.Compare(new BsonDocument("a", "x"), new BsonDocument("b", 1)) > 0);
        Assert.True(BsonOrder.Compare(new BsonDocument("a", 9), new BsonDocument("b", 1)) < 0);
        Assert.True(BsonOrder.Compare(new BsonDocument("a", 1), new BsonDocument { { "a", 1 }, { "b", 1 } }) < 0);
        Assert.Equal(0, BsonOrder.Compare(new BsonDocument("a", 1), new BsonDocument("a", 1.0)));
    }

    [Fact]
    public void Binary_compares_by_length_before_subtype_and_bytes()
    {
        Assert.True(BsonOrder.Compare(new BsonBinaryData([9]), new BsonBinaryData([1, 1])) < 0);
        Assert.True(
            BsonOrder.Compare(new BsonBinaryData([9], BsonBinarySubType.Binary), new BsonBinaryData([1], BsonBinarySubType.UserDefined)) < 0
        );
    }
}
