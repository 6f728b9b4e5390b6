using System.Globalization;
using MongoDB.Bson;

namespace EmbeddedMongo.Errors;

/// <summary>
/// An error with MongoDB's own error code. It is sent as <c>{ok: 0, errmsg, code, codeName, …Details}</c>, or as an entry of
/// <c>writeErrors</c> if it concerns one statement of a batch.
/// </summary>
internal sealed class MongoErrorException(int code, string codeName, string message) : Exception(Shorten(message))
{
    // Messages quote client input, which may be megabytes long.
    private const int MaxMessageLength = 4_000;

    public MongoErrorException(int code, string message)
        : this(code, MongoErrorCodes.NameOf(code), message) { }

    public int Code { get; } = code;

    public string CodeName { get; } = codeName;

    /// <summary>Additional fields of the error, such as <c>keyPattern</c> and <c>keyValue</c> of a duplicate key.</summary>
    public BsonDocument? Details { get; init; }

    public static MongoErrorException BadValue(string message) => new(MongoErrorCodes.BadValue, message);

    public static MongoErrorException FailedToParse(string message) => new(MongoErrorCodes.FailedToParse, message);

    public static MongoErrorException TypeMismatch(string message) => new(MongoErrorCodes.TypeMismatch, message);

    public static MongoErrorException Overflow(string message) => new(MongoErrorCodes.Overflow, message);

    public static MongoErrorException IllegalOperation(string message) => new(MongoErrorCodes.IllegalOperation, message);

    public static MongoErrorException PathNotViable(string message) => new(MongoErrorCodes.PathNotViable, message);

    public static MongoErrorException ConflictingUpdateOperators(string message) =>
        new(MongoErrorCodes.ConflictingUpdateOperators, message);

    public static MongoErrorException ImmutableField(string message) => new(MongoErrorCodes.ImmutableField, message);

    public static MongoErrorException CommandNotFound(string command) =>
        new(MongoErrorCodes.CommandNotFound, $"no such command: '{command}'");

    public static MongoErrorException CommandNotSupported(string message) => new(MongoErrorCodes.CommandNotSupported, message);

    public static MongoErrorException NamespaceNotFound(string ns) => new(MongoErrorCodes.NamespaceNotFound, $"ns not found {ns}");

    public static MongoErrorException CursorNotFound(long id) =>
        new(MongoErrorCodes.CursorNotFound, string.Create(CultureInfo.InvariantCulture, $"cursor id {id} not found"));

    public static MongoErrorException MaxTimeExpired() => new(MongoErrorCodes.MaxTimeMsExpired, "operation exceeded time limit");

    /// <summary>Creates an error that MongoDB identifies by number only (codeName <c>Location…</c>).</summary>
    public static MongoErrorException Location(int code, string message) => new(code, message);

    /// <summary>Creates an E11000 error with the <c>keyPattern</c> and <c>keyValue</c> that drivers expose.</summary>
    public static MongoErrorException DuplicateKey(
        string ns,
        string indexName,
        BsonDocument keyPattern,
        BsonDocument keyValue,
        BsonDocument? collation
    ) =>
        new(
            MongoErrorCodes.DuplicateKey,
            $"E11000 duplicate key error collection: {ns} index: {indexName}{(collation is null ? "" : $" collation: {collation}")} dup key: {{ {string.Join(", ", keyValue.Select(field => $"{field.Name}: {field.Value.ToJson()}"))} }}"
        )
        {
            Details = new BsonDocument
            {
                { "keyPattern", keyPattern },
                { "keyValue", keyValue },
                { "collation", collation, collation is not null },
            },
        };

    private static string Shorten(string message) =>
        message.Length <= MaxMessageLength ? message : string.Concat(message.AsSpan(0, MaxMessageLength), "…");
}
