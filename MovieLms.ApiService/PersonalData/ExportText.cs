using System.Globalization;
using System.Text.Json;
using MongoDB.Bson;

namespace MovieLms.ApiService.PersonalData;

/// <summary>Writes stored documents as ordinary JSON: IDs are hexadecimal texts, and times are ISO 8601 in UTC.</summary>
internal static class ExportText
{
    /// <summary>Returns the name of a field in the export.</summary>
    internal static string NameOf(string field) => field == "_id" ? "id" : field;

    /// <summary>Writes a document with its fields in this order.</summary>
    internal static void WriteJson(Utf8JsonWriter writer, BsonDocument document, IEnumerable<string> fields)
    {
        writer.WriteStartObject();
        foreach (var field in fields)
        {
            writer.WritePropertyName(NameOf(field));
            WriteJson(writer, document.GetValue(field, BsonNull.Value));
        }
        writer.WriteEndObject();
    }

    /// <summary>Returns a value as the text of a CSV cell. Objects and arrays become JSON.</summary>
    internal static string ToCell(BsonValue value)
    {
        if (value is BsonNull)
            return string.Empty;
        if (value is BsonString text)
            return text.Value;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            WriteJson(writer, value);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray()).Trim('"');
    }

    private static void WriteJson(Utf8JsonWriter writer, BsonValue value)
    {
        switch (value)
        {
            case BsonDocument document:
                WriteJson(writer, document, document.Names);
                break;
            case BsonArray array:
                writer.WriteStartArray();
                foreach (var item in array)
                    WriteJson(writer, item);
                writer.WriteEndArray();
                break;
            case BsonNull:
                writer.WriteNullValue();
                break;
            case BsonBoolean boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            case BsonInt32 or BsonInt64:
                writer.WriteNumberValue(value.ToInt64());
                break;
            case BsonDouble number when double.IsFinite(number.Value):
                writer.WriteNumberValue(number.Value);
                break;
            case BsonDecimal128 number when !Decimal128.IsNaN(number.Value) && !Decimal128.IsInfinity(number.Value):
                writer.WriteRawValue(number.Value.ToString());
                break;
            case BsonDateTime time:
                writer.WriteStringValue(time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
                break;
            default:
                writer.WriteStringValue(value.ToString());
                break;
        }
    }
}
