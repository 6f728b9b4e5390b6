using MongoDB.Driver;

namespace MovieLms.Data.Storage;

/// <summary>Classifies errors of the driver by code, never by message.</summary>
internal static class MongoErrors
{
    private const int DuplicateKeyCode = 11000;

    /// <summary>Returns true for error 11000 of any command (findAndModify reports a command error, insert a write error).</summary>
    internal static bool IsDuplicateKey(this MongoException exception) =>
        exception switch
        {
            MongoWriteException write => write.WriteError?.Category == ServerErrorCategory.DuplicateKey,
            MongoCommandException command => command.Code == DuplicateKeyCode,
            _ => false,
        };
}
