using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Bson;

public sealed class BsonCodecTests
{
    private static readonly BsonDocument EveryType = new()
    {
        ["double"] = 1.5,
        ["string"] = "Amélie – 映画",
        ["document"] = new BsonDocument("a", new BsonDocument("b", 1)),
        ["array"] = new BsonArray
        {
            1,
            "two",
            new BsonArray { 3L },
        },
        ["binary"] = new BsonBinaryData([1, 2, 3]),
        ["uuid"] = new BsonBinaryData(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), GuidRepresentation.Standard),
        ["undefined"] = BsonUndefined.Value,
        ["id"] = ObjectId.Parse("64b1f0a2c3d4e5f601234567"),
        ["true"] = true,
        ["false"] = false,
        ["date"] = new BsonDateTime(-1234567890123),
        ["null"] = BsonNull.Value,
        ["regex"] = new BsonRegularExpression("^a.*", "ix"),
        ["javascript"] = new BsonJavaScript("return 1"),
        ["symbol"] = (BsonSymbol)"sym",
        ["scope"] = new BsonJavaScriptWithScope("return x", new BsonDocument("x", 1)),
        ["int32"] = int.MinValue,
        ["timestamp"] = new BsonTimestamp(7, 9),
        ["int64"] = long.MaxValue,
        ["decimal"] = Decimal128.Parse("-12.340E+20"),
        ["min"] = BsonMinKey.Value,
        ["max"] = BsonMaxKey.Value,
        [""] = "empty name",
    };

    [Fact]
    public void Encoder_writes_the_same_bytes_as_the_driver() => Assert.Equal(EveryType.ToBson(), BsonEncoder.ToBytes(EveryType));

    [Fact]
    public void Decoder_reads_back_every_type()
    {
        var decoded = BsonDecoder.Decode(EveryType.ToBson());
        Assert.Equal(EveryType, decoded);
        RawBson.Validate(EveryType.ToBson());
    }

    [Fact]
    public void Old_binary_keeps_its_subtype_and_its_inner_length()
    {
        // The driver writes subtype 2 as 0, so the expected bytes are spelled out.
        var document = new BsonDocument("b", new BsonBinaryData([9, 8], BsonLimits.OldBinary));
        var bytes = BsonEncoder.ToBytes(document);
        Assert.Equal("13000000 05 6200 06000000 02 02000000 0908 00".Replace(" ", ""), Convert.ToHexString(bytes));
        Assert.Equal(document, BsonDecoder.Decode(bytes));
    }

    [Fact]
    public void Decoder_reads_only_needed_fields_in_document_order()
    {
        var decoded = BsonDecoder.Decode(EveryType.ToBson(), new FieldSet("int32", "document.a.b", "absent"));
        Assert.Equal(new BsonDocument { ["document"] = EveryType["document"], ["int32"] = int.MinValue }, decoded);
    }

    [Fact]
    public void Truncated_documents_are_rejected()
    {
        var bytes = EveryType.ToBson();
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            Assert.Throws<InvalidBsonException>(() => BsonDecoder.Decode(cut));
            Assert.Throws<InvalidBsonException>(() => RawBson.Validate(cut));
        }
    }

    [Fact]
    public void Corrupt_bytes_are_decoded_or_rejected_with_InvalidBsonException()
    {
        var random = new Random(7);
        var original = EveryType.ToBson();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])original.Clone();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var validated = Attempt(() => RawBson.Validate(bytes));
            var decoded = Attempt(() => BsonDecoder.Decode(bytes));
            Assert.True(!validated || decoded, "a valid document must decode");
        }

        static bool Attempt(Action action)
        {
            try
            {
                action();
                return true;
            }
            catch (InvalidBsonException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_rejected_without_a_stack_overflow()
    {
        var bytes = new byte[5 + (8 * 100_000)];
        for (var level = 0; level < 100_000; level++)
        {
            var at = level * 7;
            BitConverter.TryWriteBytes(bytes.AsSpan(at), bytes.Length - (level * 8));
            bytes[at + 4] = 3;
            bytes[at + 5] = (byte)'a';
        }

        Assert.True(Assert.Throws<InvalidBsonException>(() => RawBson.Validate(bytes)).IsTooDeep);
        Assert.True(Assert.Throws<InvalidBsonException>(() => BsonDecoder.Decode(bytes)).IsTooDeep);
    }
}
