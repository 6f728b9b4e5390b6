namespace MovieLms.Data.Storage;

/// <summary>
/// The names of the collections that do not belong to one feature. A feature declares its own (<c>FavoriteEntity.Collection</c>).
/// </summary>
public static class CollectionNames
{
    public const string Users = "users";
    public const string Outbox = "outbox";
    public const string OneTimeCodes = "oneTimeCodes";
    public const string Audit = "audit";
    public const string Sessions = "sessions";
    public const string RefreshTokens = "refreshTokens";
    public const string ConsoleSessions = "consoleSessions";
    public const string SigningKeys = "signingKeys";
    public const string ServerSecrets = "serverSecrets";
    public const string DataProtectionKeys = "dataProtectionKeys";
    public const string Imports = "imports";
    public const string ImportErrors = "importErrors";
    public const string ImportUsage = "importUsage";
    public const string JobRuns = "jobRuns";
    public const string Rooms = "rooms";
    public const string ChatMessages = "chatMessages";
    public const string ReadMarks = "readMarks";
    public const string IdempotencyKeys = "idempotencyKeys";
    public const string Cascades = "cascades";

    /// <summary>The GridFS bucket of uploads and reports (collections <c>files.files</c> and <c>files.chunks</c>).</summary>
    public const string Files = "files";
}
