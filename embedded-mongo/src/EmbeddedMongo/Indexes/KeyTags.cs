using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Indexes;

/// <summary>The first bytes of encoded values, in MongoDB's order of types. Numbers have one tag per sign.</summary>
internal static class KeyTags
{
    public const byte MinKey = 0x10;
    public const byte Undefined = 0x18;
    public const byte Null = 0x20;
    public const byte NaN = 0x28;
    public const byte NegativeInfinity = 0x29;
    public const byte Negative = 0x2A;
    public const byte Zero = 0x2B;
    public const byte Positive = 0x2C;
    public const byte PositiveInfinity = 0x2D;
    public const byte String = 0x40;
    public const byte Document = 0x48;
    public const byte Array = 0x50;
    public const byte Binary = 0x58;
    public const byte ObjectId = 0x60;
    public const byte False = 0x68;
    public const byte True = 0x69;
    public const byte DateTime = 0x70;
    public const byte Timestamp = 0x78;
    public const byte Regex = 0x80;
    public const byte DbPointer = 0x84;
    public const byte JavaScript = 0x88;
    public const byte JavaScriptWithScope = 0x90;
    public const byte MaxKey = 0xE0;

    /// <summary>Returns the tag that is the whole encoding of a value without content.</summary>
    public static byte Of(BsonValue value) =>
        value.BsonType switch
        {
            BsonType.MinKey => MinKey,
            BsonType.Undefined => Undefined,
            BsonType.Boolean => ((BsonBoolean)value).Value ? True : False,
            BsonType.MaxKey => MaxKey,
            _ => Null,
        };

    /// <summary>Returns the first tag of a type.</summary>
    public static byte Class(BsonType type) =>
        type switch
        {
            BsonType.MinKey => MinKey,
            BsonType.Undefined => Undefined,
            BsonType.Double or BsonType.Int32 or BsonType.Int64 or BsonType.Decimal128 => NaN,
            BsonType.String or BsonType.Symbol => String,
            BsonType.Document => Document,
            BsonType.Array => Array,
            BsonType.Binary => Binary,
            BsonType.ObjectId => ObjectId,
            BsonType.Boolean => False,
            BsonType.DateTime => DateTime,
            BsonType.Timestamp => Timestamp,
            BsonType.RegularExpression => Regex,
            BsonDbPointer.Type => DbPointer,
            BsonType.JavaScript => JavaScript,
            BsonType.JavaScriptWithScope => JavaScriptWithScope,
            BsonType.MaxKey => MaxKey,
            _ => Null,
        };

    /// <summary>Returns the last tag of a type.</summary>
    public static byte LastOfClass(BsonType type) =>
        type switch
        {
            BsonType.Double or BsonType.Int32 or BsonType.Int64 or BsonType.Decimal128 => PositiveInfinity,
            BsonType.Boolean => True,
            _ => Class(type),
        };
}
