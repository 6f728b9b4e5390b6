using System.Text.Json;

namespace MovieLms.ApiService.Analytics;

/// <summary>Operations on JSON arrays as text.</summary>
internal static class JsonArrays
{
    /// <summary>Returns an array's first elements, as they are written.</summary>
    /// <param name="array">UTF-8 JSON, an array.</param>
    /// <param name="count">The maximum number of elements, at least 1.</param>
    internal static byte[] Take(byte[] array, int count)
    {
        var reader = new Utf8JsonReader(array);
        reader.Read();
        for (var taken = 0; taken < count; taken++)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.EndArray)
                return array;
            reader.Skip();
        }
        return [.. array.AsSpan(0, (int)reader.BytesConsumed), (byte)']'];
    }
}
