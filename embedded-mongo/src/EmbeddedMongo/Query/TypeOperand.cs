using EmbeddedMongo.Errors;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query;

/// <summary>The operand of <c>$type</c>: an alias, a number, or an array of them (manual: "$type", Available Types).</summary>
internal static class TypeOperand
{
    /// <summary>Returns the alias that the query operator <c>$type</c> accepts and the aggregation operator returns.</summary>
    public static string AliasOf(BsonType type) =>
        type switch
        {
            BsonType.Double => "double",
            BsonType.String => "string",
            BsonType.Document => "object",
            BsonType.Array => "array",
            BsonType.Binary => "binData",
            BsonType.Undefined => "undefined",
            BsonType.ObjectId => "objectId",
            BsonType.Boolean => "bool",
            BsonType.DateTime => "date",
            BsonType.Null => "null",
            BsonType.RegularExpression => "regex",
            BsonType.JavaScript => "javascript",
            BsonType.Symbol => "symbol",
            BsonType.JavaScriptWithScope => "javascriptWithScope",
            BsonType.Int32 => "int",
            BsonType.Timestamp => "timestamp",
            BsonType.Int64 => "long",
            BsonType.Decimal128 => "decimal",
            BsonDbPointer.Type => "dbPointer",
            BsonType.MinKey => "minKey",
            BsonType.MaxKey => "maxKey",
            _ => "missing",
        };

    public static TypeExpression Parse(BsonPath path, BsonValue operand)
    {
        var types = new List<BsonType>();
        if (operand is BsonArray array)
        {
            if (array.Count == 0)
                throw MongoErrorException.FailedToParse("$type must match at least one type");

            foreach (var item in array)
                Add(types, item);
        }
        else
        {
            Add(types, operand);
        }

        return new TypeExpression(path, [.. types]);
    }

    private static void Add(List<BsonType> types, BsonValue operand)
    {
        if (operand is BsonString alias)
        {
            if (alias.Value == "number")
            {
                types.AddRange([BsonType.Int32, BsonType.Int64, BsonType.Double, BsonType.Decimal128]);
                return;
            }

            foreach (var type in Enum.GetValues<BsonType>())
            {
                if (type != BsonType.EndOfDocument && AliasOf(type) == alias.Value)
                {
                    types.Add(type);
                    return;
                }
            }

            if (alias.Value == "dbPointer")
            {
                types.Add(BsonDbPointer.Type);
                return;
            }

            throw MongoErrorException.BadValue($"Unknown type name alias: {alias.Value}");
        }

        if (!BsonNumbers.IsNumber(operand))
            throw MongoErrorException.TypeMismatch("type must be represented as a number or a string");

        if (!BsonNumbers.TryToInt64(operand, out var code) || code is not (-1 or 127 or 255 or (>= 1 and <= 19)))
        {
            throw MongoErrorException.BadValue(
                code == 0 && BsonNumbers.TryToInt64(operand, out _)
                    ? "$type: 0 is no longer supported. Consider using {$exists: false}"
                    : $"Invalid numerical type code: {operand}"
            );
        }

        types.Add(code is -1 or 255 ? BsonType.MinKey : (BsonType)code);
    }
}
