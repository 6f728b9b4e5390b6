using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>
/// Keeps operators that lengthen text from doubling it without limit. Text longer than a document cannot be returned anyway.
/// </summary>
internal static class TextLimit
{
    /// <summary>Throws error 13548, which MongoDB uses for text that exceeds its buffer.</summary>
    public static void Require(long length)
    {
        if (length > BsonLimits.MaxInternalDocumentSize)
            throw MongoErrorException.Location(13548, $"a text of {length} characters is longer than a document may be");
    }
}
