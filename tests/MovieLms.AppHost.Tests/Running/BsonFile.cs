using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Serializers;

namespace MovieLms.AppHost.Tests.Running;

/// <summary>Reads files of BSON documents, as mongorestore does.</summary>
internal static class BsonFile
{
    internal static async Task<IReadOnlyList<BsonDocument>> ReadAsync(string path)
    {
        using var stream = new MemoryStream(await File.ReadAllBytesAsync(path));
        var documents = new List<BsonDocument>();
        while (stream.Position < stream.Length)
        {
            using var reader = new BsonBinaryReader(stream);
            documents.Add(BsonDocumentSerializer.Instance.Deserialize(BsonDeserializationContext.CreateRoot(reader)));
        }
        return documents;
    }
}
