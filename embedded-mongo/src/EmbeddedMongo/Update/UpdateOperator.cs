using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>What one operator does to one field.</summary>
internal abstract class UpdateOperator
{
    /// <summary>Whether the operator brings a missing field (and the documents above it) into being.</summary>
    public virtual bool Creates => true;

    /// <summary>Whether a scalar in the way of the path is simply "nothing there" (<c>$unset</c>) rather than error 28.</summary>
    public virtual bool ToleratesBlockedPath => false;

    /// <summary>The new value: the same reference for no change, C# null for no field.</summary>
    /// <param name="current">The field's value, C# null when missing.</param>
    /// <param name="context">The document at hand.</param>
    public abstract BsonValue? Apply(BsonValue? current, UpdateContext context);
}

/// <summary>The document an operator works in.</summary>
/// <param name="Document">It, before the update; for messages and <c>$rename</c>.</param>
/// <param name="Path">The concrete path, positional parts replaced.</param>
/// <param name="IsInsert">Whether this is an upsert's insert, which is when <c>$setOnInsert</c> counts.</param>
/// <param name="Clock">For <c>$currentDate</c>.</param>
internal readonly record struct UpdateContext(BsonDocument Document, string Path, bool IsInsert, TimeProvider Clock)
{
    /// <summary>The document's _id as messages quote it.</summary>
    public string Id => new BsonDocument("_id", Document.GetValue("_id", BsonNull.Value)).ToJson();

    /// <summary>The last part of the path.</summary>
    public string Field => Path[(Path.LastIndexOf('.') + 1)..];
}
