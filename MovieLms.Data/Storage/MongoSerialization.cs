using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Conventions;
using MongoDB.Bson.Serialization.Serializers;

namespace MovieLms.Data.Storage;

/// <summary>
/// How this product's documents are written: camelCase fields, enums as strings, no nulls stored, unknown fields ignored
/// (so that an older process reads a newer one's documents), times as BSON dates, ids as ObjectId.
/// </summary>
public static class MongoSerialization
{
    private static readonly Lock Gate = new();
    private static bool _isRegistered;

    /// <summary>Registers the conventions; safe to call any number of times, before the first document is read or written.</summary>
    public static void Register()
    {
        lock (Gate)
        {
            if (_isRegistered)
                return;
            ConventionRegistry.Register(
                "MovieLms",
                new ConventionPack
                {
                    new CamelCaseElementNameConvention(),
                    new EnumRepresentationConvention(BsonType.String),
                    new IgnoreIfNullConvention(true),
                    new IgnoreExtraElementsConvention(true),
                },
                type => type.Namespace?.StartsWith("MovieLms.", StringComparison.Ordinal) == true
            );
            BsonSerializer.RegisterSerializer(new DateTimeOffsetSerializer(BsonType.DateTime));
            BsonSerializer.RegisterSerializer(new GuidSerializer(GuidRepresentation.Standard));
            BsonSerializer.RegisterSerializer(new DecimalSerializer(BsonType.Decimal128));
            _isRegistered = true;
        }
    }
}
