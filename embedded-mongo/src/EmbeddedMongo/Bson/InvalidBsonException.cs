namespace EmbeddedMongo.Bson;

/// <summary>
/// Bytes that are not a BSON document (bsonspec.org, version 1.1), or one nested too deep.
/// A client gets it as InvalidBSON (22), or Overflow (15) for the nesting.
/// </summary>
internal sealed class InvalidBsonException(string message, bool tooDeep = false) : Exception(message)
{
    public bool TooDeep { get; } = tooDeep;
}
