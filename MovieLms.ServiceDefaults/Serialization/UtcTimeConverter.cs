using System.Text.Json;
using System.Text.Json.Serialization;

namespace MovieLms.ServiceDefaults.Serialization;

/// <summary>Writes times in UTC with a trailing <c>Z</c> (ISO 8601), like the hub. A time that is read without an offset is UTC.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        // The framework would read a time without an offset in the server's time zone.
        reader.TryGetDateTime(out var time)
        && time.Kind == DateTimeKind.Unspecified
            ? new DateTimeOffset(time, TimeSpan.Zero)
            : reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime);
}
