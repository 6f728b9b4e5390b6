namespace EmbeddedMongo;

/// <summary>
/// The server cannot start. The message explains the reason to the caller (port taken, folder in use, unknown format).
/// </summary>
public sealed class EmbeddedMongoException(string message, Exception? innerException = null) : Exception(message, innerException);
