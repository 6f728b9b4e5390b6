using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update.Operators;

/// <summary><c>$set</c>.</summary>
internal sealed class SetOperator(BsonValue value) : UpdateOperator
{
    public override BsonValue? Apply(BsonValue? current, UpdateContext context) =>
        BsonIdentity.AreIdentical(current, value) ? current : value;
}

/// <summary><c>$setOnInsert</c>: sets the field only if an upsert inserts the document.</summary>
internal sealed class SetOnInsertOperator(BsonValue value) : UpdateOperator
{
    public override BsonValue? Apply(BsonValue? current, UpdateContext context) =>
        !context.IsInsert || BsonIdentity.AreIdentical(current, value) ? current : value;
}

/// <summary><c>$unset</c>: removes the field from its document. An array element becomes null.</summary>
internal sealed class UnsetOperator : UpdateOperator
{
    public static UnsetOperator Instance { get; } = new();

    public override bool Creates => false;

    public override bool ToleratesBlockedPath => true;

    public override BsonValue? Apply(BsonValue? current, UpdateContext context) => null;
}

/// <summary><c>$min</c> and <c>$max</c>, by BSON comparison order and collation.</summary>
internal sealed class ExtremeOperator(BsonValue value, bool greatest, Collation? collation) : UpdateOperator
{
    public override BsonValue? Apply(BsonValue? current, UpdateContext context)
    {
        if (current is null)
            return value;

        var order = Collation.Compare(collation, value, current);
        return (greatest ? order > 0 : order < 0) ? value : current;
    }
}

/// <summary><c>$currentDate</c>: <c>true</c> or <c>{$type: "date"}</c> sets a date, <c>{$type: "timestamp"}</c> a timestamp.</summary>
internal sealed class CurrentDateOperator(bool timestamp) : UpdateOperator
{
    private static int _increment;

    public override BsonValue? Apply(BsonValue? current, UpdateContext context)
    {
        var now = context.Clock.GetUtcNow();
        return timestamp
            ? new BsonTimestamp((int)now.ToUnixTimeSeconds(), Interlocked.Increment(ref _increment) & int.MaxValue)
            : new BsonDateTime(now.ToUnixTimeMilliseconds());
    }

    public static CurrentDateOperator Parse(BsonValue value)
    {
        switch (value)
        {
            case BsonBoolean:
                return new CurrentDateOperator(timestamp: false);
            case BsonDocument { ElementCount: 1 } document when document.GetElement(0).Name == "$type":
                return document.GetElement(0).Value switch
                {
                    BsonString { Value: "date" } => new CurrentDateOperator(timestamp: false),
                    BsonString { Value: "timestamp" } => new CurrentDateOperator(timestamp: true),
                    _ => throw MongoErrorException.BadValue(
                        "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}"
                    ),
                };
            case BsonDocument document:
                throw MongoErrorException.BadValue($"Unrecognized $currentDate option: {document}");
            default:
                throw MongoErrorException.BadValue(
                    $"{Query.TypeOperand.AliasOf(value.BsonType)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({{$type: 'timestamp/date'}})."
                );
        }
    }
}
