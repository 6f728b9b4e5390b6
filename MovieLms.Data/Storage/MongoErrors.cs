using MongoDB.Driver;

namespace MovieLms.Data.Storage;

/// <summary>What an error of the driver means, by its code and never by its text.</summary>
internal static class MongoErrors
{
    private const int DuplicateKeyCode = 11000;

    /// <summary>True for error 11000 from any command (findAndModify reports it as a command error, insert as a write error).</summary>
    internal static bool IsDuplicateKey(this MongoException exception) =>
        exception switch
        {
            MongoWriteException write => write.WriteError?.Category == ServerErrorCategory.DuplicateKey,
            MongoCommandException command => command.Code == DuplicateKeyCode,
            _ => false,
        };
}
