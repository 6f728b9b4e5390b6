using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Writes;

/// <summary>
/// Validates a client's document for storage: well-formed, at most 16 MB and 180 levels. Moves <c>_id</c> to the front, and generates a
/// missing one. The bytes are copied without decoding.
/// </summary>
internal static class DocumentPreparation
{
    /// <summary>Writes the document to store to <paramref name="target"/>, which is cleared first.</summary>
    public static void Prepare(ReadOnlySpan<byte> document, PooledBuffer target)
    {
        if (document.Length > BsonLimits.MaxDocumentSize)
        {
            throw new MongoErrorException(
                MongoErrorCodes.BsonObjectTooLarge,
                $"object to insert too large. size in bytes: {document.Length}, max size: {BsonLimits.MaxDocumentSize}"
            );
        }

        RawBson.Validate(document, BsonLimits.MaxStoredDepth);
        target.Clear();
        var first = true;
        var hasId = false;
        foreach (var element in RawBson.Elements(document))
        {
            if (element.Name.SequenceEqual("_id"u8))
            {
                CheckId(element.Type, element.Value);
                hasId = true;
                if (first)
                {
                    target.Write(document);
                    return;
                }

                break;
            }

            first = false;
        }

        WriteWithIdFirst(document, target, hasId);
    }

    /// <summary>Throws if an _id is an array, a regular expression or undefined, or has fields with a <c>$</c> prefix.</summary>
    public static void CheckId(BsonType type, ReadOnlySpan<byte> value)
    {
        if (type is BsonType.Array or BsonType.RegularExpression or BsonType.Undefined)
        {
            var name = type switch
            {
                BsonType.Array => "array",
                BsonType.Undefined => "undefined",
                _ => "regex",
            };
            throw new MongoErrorException(MongoErrorCodes.InvalidIdField, $"The '_id' value cannot be of type {name}");
        }

        if (type == BsonType.Document)
        {
            foreach (var element in RawBson.Elements(value))
            {
                if (element.Name is [(byte)'$', ..])
                {
                    throw new MongoErrorException(
                        MongoErrorCodes.DollarPrefixedFieldName,
                        $"_id fields may not contain '$'-prefixed fields: {FieldNameCache.Get(element.Name)} is not valid for storage."
                    );
                }
            }
        }
    }

    private static void WriteWithIdFirst(ReadOnlySpan<byte> document, PooledBuffer target, bool hasId)
    {
        var start = BsonEncoder.BeginDocument(target);
        if (hasId && RawBson.TryFind(document, "_id"u8, out var id))
        {
            BsonEncoder.WriteHeader(target, id.Type, "_id");
            target.Write(id.Value);
        }
        else
        {
            BsonEncoder.WriteElement(target, "_id", ObjectId.GenerateNewId());
        }

        foreach (var element in RawBson.Elements(document))
        {
            if (!element.Name.SequenceEqual("_id"u8))
            {
                target.WriteByte((byte)element.Type);
                target.Write(element.Name);
                target.WriteByte(0);
                target.Write(element.Value);
            }
        }

        BsonEncoder.EndDocument(target, start);
    }
}
