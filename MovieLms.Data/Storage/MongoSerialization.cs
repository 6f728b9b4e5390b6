using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Conventions;
using MongoDB.Bson.Serialization.Serializers;

namespace MovieLms.Data.Storage;

/// <summary>
/// The serialization conventions of documents: camelCase fields, enums as strings, nulls not stored, unknown fields ignored (so that
/// an older process can read the documents of a newer one), times as BSON dates, IDs as ObjectId.
/// </summary>
public static class MongoSerialization
{
    private static readonly Lock Gate = new();
    private static bool _isRegistered;

    /// <summary>Registers the conventions. Must be called before the first document is read or written; safe to repeat.</summary>
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
