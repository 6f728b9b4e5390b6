using MongoDB.Bson;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Todos;

/// <summary>The names of a stored to-do's fields, for filters and updates.</summary>
internal static class TodoFields
{
    internal const string Id = "_id";
    internal const string OwnerId = "ownerId";
    internal const string Done = "done";
    internal const string DueKey = "dueKey";
    internal const string PriorityKey = "priorityKey";
    internal const string Version = "version";

    /// <summary>A user's to-dos; ownership is part of every filter, so that another's is not found rather than refused.</summary>
    internal static BsonDocument Of(ObjectId ownerId) => Lifecycle.Live().Add(OwnerId, ownerId);

    /// <summary>One to-do of a user.</summary>
    internal static BsonDocument Of(ObjectId ownerId, ObjectId id) => Of(ownerId).Add(Id, id);
}
