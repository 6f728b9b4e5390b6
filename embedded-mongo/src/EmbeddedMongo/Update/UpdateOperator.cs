using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>An update operator with its operand, applied to one field.</summary>
internal abstract class UpdateOperator
{
    /// <summary>Whether the operator creates a missing field and its parent documents.</summary>
    public virtual bool Creates => true;

    /// <summary>Whether a scalar along the path counts as a missing field (<c>$unset</c>) instead of causing error 28.</summary>
    public virtual bool ToleratesBlockedPath => false;

    /// <summary>
    /// Returns the new value: the same reference for no change, or C# null to remove the field. <paramref name="current"/> is C# null if
    /// the field is missing.
    /// </summary>
    public abstract BsonValue? Apply(BsonValue? current, UpdateContext context);
}

/// <summary>The context in which an operator is applied.</summary>
/// <param name="Document">The document before the update, for messages and <c>$rename</c>.</param>
/// <param name="Path">The concrete path, without positional parts.</param>
/// <param name="IsInsert">Whether an upsert inserts the document. Only then does <c>$setOnInsert</c> apply.</param>
/// <param name="Clock">The clock for <c>$currentDate</c>.</param>
internal readonly record struct UpdateContext(BsonDocument Document, string Path, bool IsInsert, TimeProvider Clock)
{
    /// <summary>The document's _id as shown in messages.</summary>
    public string Id => new BsonDocument("_id", Document.GetValue("_id", BsonNull.Value)).ToJson();

    /// <summary>The last part of the path.</summary>
    public string Field => Path[(Path.LastIndexOf('.') + 1)..];
}
