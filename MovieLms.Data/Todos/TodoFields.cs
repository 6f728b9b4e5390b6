using MongoDB.Bson;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Todos;

/// <summary>The field names of a stored to-do, for filters and updates.</summary>
internal static class TodoFields
{
    internal const string Id = "_id";
    internal const string OwnerId = "ownerId";
    internal const string Done = "done";
    internal const string DueKey = "dueKey";
    internal const string PriorityKey = "priorityKey";
    internal const string Words = "words";
    internal const string Version = "version";

    /// <summary>Returns the filter for a user's to-dos. Every filter contains the owner, so to-dos of other users are not found.</summary>
    internal static BsonDocument Of(ObjectId ownerId) => Lifecycle.Live().Add(OwnerId, ownerId);

    /// <summary>
    /// Returns the filter for the to-dos that a user deleted and can restore. A range, because a partial index does not serve a
    /// comparison with null.
    /// </summary>
    internal static BsonDocument Deleted(ObjectId ownerId) =>
        new()
        {
            { OwnerId, ownerId },
            { Lifecycle.DeletedAt, new BsonDocument("$gt", new BsonDateTime(0)) },
            { Lifecycle.DeletedBy, BsonNull.Value },
            { Lifecycle.ArchivedAt, BsonNull.Value },
        };

    /// <summary>Returns the filter for a to-do of a user.</summary>
    internal static BsonDocument Of(ObjectId ownerId, ObjectId id) => Of(ownerId).Add(Id, id);
}
