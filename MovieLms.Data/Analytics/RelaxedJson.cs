using System.Buffers;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace MovieLms.Data.Analytics;

/// <summary>
/// Relaxed extended JSON (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/) with the shortest form of each
/// number: the driver writes 4.1 with seventeen digits, which is the same number but hard to read.
/// </summary>
internal static class RelaxedJson
{
    private static readonly JsonWriterSettings Settings = new() { OutputMode = JsonOutputMode.RelaxedExtendedJson };

    internal static string Serialize(BsonDocument document)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, document);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, BsonValue value)
    {
        switch (value)
        {
            case BsonDocument document:
                writer.WriteStartObject();
                foreach (var element in document)
                {
                    writer.WritePropertyName(element.Name);
                    Write(writer, element.Value);
                }
                writer.WriteEndObject();
                break;
            case BsonArray array:
                writer.WriteStartArray();
                foreach (var item in array)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case BsonDouble { Value: var number } when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteRawValue(value.ToJson(Settings));
                break;
        }
    }
}
