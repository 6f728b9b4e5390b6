using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$mergeObjects, $bsonSize and $binarySize.</summary>
internal static class ObjectOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Variadic("$mergeObjects", MergeObjects);
        table.Unary(
            "$bsonSize",
            v =>
                v switch
                {
                    BsonDocument document => BsonEncoder.ToBytes(document).Length,
                    _ when v.IsNullish() => BsonNull.Value,
                    _ => throw MongoErrorException.Location(31393, $"$bsonSize requires a document input, found: {TypeNames.Of(v)}"),
                }
        );
        table.Unary(
            "$binarySize",
            v =>
                v switch
                {
                    BsonString text => System.Text.Encoding.UTF8.GetByteCount(text.Value),
                    BsonBinaryData binary => binary.Bytes.Length,
                    _ when v.IsNullish() => BsonNull.Value,
                    _ => throw MongoErrorException.Location(
                        51276,
                        $"$binarySize requires a string or BinData argument, found: {TypeNames.Of(v)}"
                    ),
                }
        );
    }

    /// <summary>Merges the operands. A single operand may be an array of documents.</summary>
    private static BsonDocument MergeObjects(BsonValue?[] operands)
    {
        var merged = new BsonDocument();
        IEnumerable<BsonValue?> documents = operands is [BsonArray array] ? array : operands;
        foreach (var operand in documents)
            Merge(merged, operand);
        return merged;
    }

    public static void Merge(BsonDocument into, BsonValue? operand)
    {
        if (operand.IsNullish())
            return;
        if (operand is not BsonDocument document)
        {
            throw MongoErrorException.Location(
                40400,
                $"$mergeObjects requires object inputs, but input {operand} is of type {TypeNames.Of(operand)}"
            );
        }

        for (var i = 0; i < document.ElementCount; i++)
        {
            var element = document.GetElement(i);
            into[element.Name] = element.Value;
        }
    }
}
