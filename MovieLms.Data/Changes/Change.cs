using MongoDB.Bson;

namespace MovieLms.Data.Changes;

/// <summary>What happened to the documents of a <see cref="Change"/>.</summary>
public enum ChangeKind
{
    /// <summary>They were created or updated.</summary>
    Written,

    /// <summary>They were deleted or archived.</summary>
    Removed,

    /// <summary>They were restored.</summary>
    Restored,
}

/// <summary>A committed write that caches and open connections must reflect.</summary>
/// <param name="Entity">The kind of document, as the entities are declared: <c>movie</c>, <c>enrollment</c> …</param>
/// <param name="Kind">What happened to the documents.</param>
/// <param name="Ids">The IDs of the documents, a few hundred at most; empty for a bulk write that does not know them.</param>
public sealed record Change(string Entity, ChangeKind Kind, IReadOnlyCollection<ObjectId> Ids)
{
    /// <summary>Creates the change of one document that was created or updated.</summary>
    public static Change Written(string entity, ObjectId id) => new(entity, ChangeKind.Written, [id]);

    /// <summary>Creates the change of documents that a bulk write created or updated.</summary>
    public static Change Written(string entity) => new(entity, ChangeKind.Written, []);

    /// <summary>The users whose private data changed; empty for shared data.</summary>
    public IReadOnlyCollection<ObjectId> Owners { get; init; } = [];

    /// <summary>
    /// What the feed needs beyond the IDs: the enrollment or order, a review as it was before or after the write, an
    /// <see cref="Courses.OwnerChange"/> or a <see cref="TokenRevocation"/>. Null for most changes.
    /// </summary>
    public object? Payload { get; init; }
}

/// <summary>The revocation of a user's earlier access tokens.</summary>
/// <param name="Subject">As <see cref="Identity.RevocationStore.UserSubject"/> returns it.</param>
/// <param name="Generation">The first generation of tokens that is valid.</param>
/// <param name="Until">When the last of the earlier tokens expires.</param>
public sealed record TokenRevocation(string Subject, long Generation, DateTimeOffset Until);
