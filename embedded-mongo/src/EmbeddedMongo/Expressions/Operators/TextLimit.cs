using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>
/// Keeps operators that lengthen text from doubling it without end: no text longer than a document could ever be returned.
/// </summary>
internal static class TextLimit
{
    /// <summary>Error 13548, MongoDB's for a text that outgrows its buffer.</summary>
    public static void Require(long length)
    {
        if (length > BsonLimits.MaxInternalDocumentSize)
            throw MongoErrorException.Location(13548, $"a text of {length} characters is longer than a document may be");
    }
}
