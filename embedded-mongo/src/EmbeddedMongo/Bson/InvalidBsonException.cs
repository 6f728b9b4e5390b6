namespace EmbeddedMongo.Bson;

/// <summary>
/// The bytes are not a BSON document (bsonspec.org, version 1.1), or the document is nested too deep.
/// Clients receive error 22 (InvalidBSON), or 15 (Overflow) for excessive nesting.
/// </summary>
internal sealed class InvalidBsonException(string message, bool tooDeep = false) : Exception(message)
{
    public bool IsTooDeep { get; } = tooDeep;
}
