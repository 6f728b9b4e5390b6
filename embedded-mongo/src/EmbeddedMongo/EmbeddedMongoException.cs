namespace EmbeddedMongo;

/// <summary>
/// The server cannot start: its message is one sentence for whoever started it (port taken, folder in use, unknown format).
/// </summary>
public sealed class EmbeddedMongoException(string message, Exception? innerException = null) : Exception(message, innerException);
