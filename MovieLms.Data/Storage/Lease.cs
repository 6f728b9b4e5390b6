using MongoDB.Bson;

namespace MovieLms.Data.Storage;

/// <summary>
/// How the documents of a collection are leased. The names of the fields differ between collections; the rules do not. A claim is one
/// conditional write that at most one process wins. The holder's later writes match <see cref="HeldBy"/> (or <see cref="Claimed"/>), so
/// they change nothing once another process has claimed the document: the holder, or the number of claims, is the fencing token.
/// </summary>
internal sealed record Lease
{
    /// <summary>The field with the time from which a document may be claimed, absent if there is nothing to do. Null for a lock.</summary>
    internal string? DueAt { get; init; }

    /// <summary>The field that names the holder, absent while there is none. Null if the number of claims is the fencing token.</summary>
    internal string? Holder { get; init; }

    /// <summary>The field with the time at which the lease expires. Null if <see cref="DueAt"/> alone holds it.</summary>
    internal string? ExpiresAt { get; init; }

    /// <summary>The field that counts claims. Null if they are not counted.</summary>
    internal string? Attempts { get; init; }

    /// <summary>Filter: the document is due, or its lease expired.</summary>
    internal BsonDocument Due(DateTimeOffset now) => new(DueAt, new BsonDocument("$lte", Date(now)));

    /// <summary>Filter: no process holds the document, or the lease expired.</summary>
    internal BsonDocument Free(DateTimeOffset now) => new(ExpiresAt, new BsonDocument("$not", new BsonDocument("$gt", Date(now))));

    /// <summary>Filter: a process holds the document.</summary>
    internal BsonDocument Held(DateTimeOffset now) =>
        new() { { Holder, new BsonDocument("$ne", BsonNull.Value) }, { ExpiresAt, new BsonDocument("$gt", Date(now)) } };

    /// <summary>Filter: this holder still has the document.</summary>
    internal BsonDocument HeldBy(BsonValue holder) => new(Holder, holder);

    /// <summary>Filter: the document was not claimed again since its claim number <paramref name="attempts"/>.</summary>
    internal BsonDocument Claimed(int attempts) => new(Attempts, attempts);

    /// <summary>Update: the holder gets the document until the lease expires.</summary>
    internal BsonDocument Claim(BsonValue? holder, DateTimeOffset expiresAt)
    {
        var update = Renew(expiresAt);
        if (Holder is not null)
            update["$set"][Holder] = holder;
        if (Attempts is not null)
            update["$inc"] = new BsonDocument(Attempts, 1);
        return update;
    }

    /// <summary>Update: the lease expires later.</summary>
    internal BsonDocument Renew(DateTimeOffset expiresAt)
    {
        var set = new BsonDocument();
        if (ExpiresAt is not null)
            set[ExpiresAt] = Date(expiresAt);
        if (DueAt is not null)
            set[DueAt] = Date(expiresAt);
        return new BsonDocument("$set", set);
    }

    /// <summary>Update: the document has no holder, and is due at a time, or never if that is null.</summary>
    internal BsonDocument Release(DateTimeOffset? dueAt)
    {
        var update = End();
        if (DueAt is null)
            return update;
        if (dueAt is { } time)
            update["$set"] = new BsonDocument(DueAt, Date(time));
        else
            update["$unset"][DueAt] = "";
        return update;
    }

    /// <summary>Update: the document has no holder. Does not change when it is due.</summary>
    internal BsonDocument End()
    {
        var unset = new BsonDocument();
        // A subdocument that holds the lease goes as a whole.
        foreach (var field in new[] { Holder, ExpiresAt }.OfType<string>())
            unset[field.Split('.')[0]] = "";
        return new BsonDocument("$unset", unset);
    }

    private static BsonDateTime Date(DateTimeOffset time) => new(time.UtcDateTime);
}
