using MongoDB.Bson;

namespace EmbeddedMongo.Values;

/// <summary>The deprecated BSON type 12, for which the driver has no class: the name of a collection and an ObjectId.</summary>
internal sealed class BsonDbPointer(string collection, ObjectId id) : BsonValue
{
    public const BsonType Type = (BsonType)12;

    public string Collection { get; } = collection;

    public ObjectId Id { get; } = id;

    public override BsonType BsonType => Type;

    public override int CompareTo(BsonValue? other)
    {
        if (other is not BsonDbPointer pointer)
            return BsonOrder.Compare(this, other);

        // MongoDB compares the lengths of the names first.
        var byLength = Collection.Length.CompareTo(pointer.Collection.Length);
        if (byLength != 0)
            return byLength;

        var byName = BsonOrder.CompareStrings(Collection, pointer.Collection);
        return byName != 0 ? byName : Id.CompareTo(pointer.Id);
    }

    public override bool Equals(object? obj) => obj is BsonDbPointer pointer && CompareTo(pointer) == 0;

    public override int GetHashCode() => HashCode.Combine(Collection, Id);

    public override string ToString() => $"DBPointer(\"{Collection}\", {Id})";
}
