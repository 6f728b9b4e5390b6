using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MovieLms.Application.Imports;

namespace MovieLms.ApiService.Exports;

/// <summary>Writes the items of a list in an export format.</summary>
internal abstract class ExportWriter
{
    /// <summary>Returns a writer for items of a type.</summary>
    internal static ExportWriter Of(ExportFormat format, JsonTypeInfo type) =>
        format == ExportFormat.Csv ? new CsvExportWriter(type) : new NdjsonExportWriter(type);

    /// <summary>Writes what precedes the items.</summary>
    internal virtual void WriteHeader(IBufferWriter<byte> output) { }

    /// <summary>Writes one item.</summary>
    internal abstract void WriteItem(IBufferWriter<byte> output, object item);
}

/// <summary>Writes each item as JSON on a line of its own.</summary>
internal sealed class NdjsonExportWriter(JsonTypeInfo type) : ExportWriter
{
    internal override void WriteItem(IBufferWriter<byte> output, object item)
    {
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = type.Options.Encoder }))
            JsonSerializer.Serialize(json, item, type);
        output.Write("\n"u8);
    }
}

/// <summary>
/// Writes items as CSV (RFC 4180, UTF-8) that is safe to open in a spreadsheet. The columns are the members of the item's JSON; those of
/// a nested object are named <c>director.name</c>. Values are the same as in the JSON, and an array is its JSON.
/// </summary>
internal sealed class CsvExportWriter(JsonTypeInfo type) : ExportWriter
{
    /// <summary>Objects that are nested deeper are written as JSON.</summary>
    private const int MaxDepth = 3;

    private readonly string[][] _columns = [.. Columns(type, [])];

    internal override void WriteHeader(IBufferWriter<byte> output) => WriteRow(output, _columns.Select(column => string.Join('.', column)));

    internal override void WriteItem(IBufferWriter<byte> output, object item)
    {
        using var json = JsonSerializer.SerializeToDocument(item, type);
        WriteRow(output, _columns.Select(column => Cell(json.RootElement, column)));
    }

    private static void WriteRow(IBufferWriter<byte> output, IEnumerable<string> cells)
    {
        Encoding.UTF8.GetBytes(string.Join(',', cells), output);
        output.Write("\r\n"u8);
    }

    private static IEnumerable<string[]> Columns(JsonTypeInfo type, string[] path) =>
        type
            .Properties.Where(property => property.Get is not null && !property.IsExtensionData)
            .SelectMany(property =>
            {
                string[] column = [.. path, property.Name];
                var value = type.Options.GetTypeInfo(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
                return value.Kind == JsonTypeInfoKind.Object && column.Length < MaxDepth ? Columns(value, column) : [column];
            });

    private static string Cell(JsonElement item, string[] column)
    {
        foreach (var name in column)
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(name, out item))
                return string.Empty;
        }
        return item.ValueKind switch
        {
            JsonValueKind.Null => string.Empty,
            JsonValueKind.String => ErrorsCsv.Cell(item.GetString()!),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => item.GetRawText(),
            _ => ErrorsCsv.Cell(item.GetRawText()),
        };
    }
}
