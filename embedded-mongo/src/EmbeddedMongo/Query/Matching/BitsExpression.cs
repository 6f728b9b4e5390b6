using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary>The bit tests of a <see cref="BitsExpression"/>.</summary>
internal enum BitsOperator
{
    AllSet,
    AllClear,
    AnySet,
    AnyClear,
}

/// <summary>
/// <c>$bitsAllSet</c>, <c>$bitsAllClear</c>, <c>$bitsAnySet</c> and <c>$bitsAnyClear</c>. Whole numbers are tested as 64-bit two's
/// complement (sign-extended), binary data as little-endian bits.
/// </summary>
internal sealed class BitsExpression(BsonPath path, BitsOperator test, int[] positions) : PathExpression(path)
{
    public override bool MatchesElement(BsonValue? value, MatchDetails? details)
    {
        if (value is BsonBinaryData binary)
        {
            var bytes = binary.Bytes;
            return Test(position => position >> 3 < bytes.Length && (bytes[position >> 3] >> (position & 7) & 1) != 0);
        }

        if (!BsonNumbers.TryToInt64(value, out var bits))
            return false;

        return Test(position => (bits >> Math.Min(position, 63) & 1) != 0);
    }

    private bool Test(Func<int, bool> isSet)
    {
        foreach (var position in positions)
        {
            switch (test)
            {
                case BitsOperator.AllSet when !isSet(position):
                case BitsOperator.AllClear when isSet(position):
                    return false;
                case BitsOperator.AnySet when isSet(position):
                case BitsOperator.AnyClear when !isSet(position):
                    return true;
                default:
                    break;
            }
        }

        return test is BitsOperator.AllSet or BitsOperator.AllClear;
    }
}
