using System.Text;
using System.Text.Json;
using MovieLms.Data.Imports;

namespace MovieLms.Worker.Imports.Reading;

/// <summary>Converts a JSON object to a row. The members of a nested object are columns (<c>director.name</c>).</summary>
internal static class JsonObjects
{
    internal static readonly JsonReaderOptions Options = new() { MaxDepth = 32 };

    /// <summary>Converts the single value in <paramref name="json"/>.</summary>
    /// <exception cref="JsonException">The JSON is malformed.</exception>
    internal static SourceRow Read(ReadOnlySpan<byte> json, ColumnSet columns, long number, long line)
    {
        var values = new string?[columns.Names.Length];
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return new SourceRow(
                number,
                line,
                values,
                new ImportProblem(string.Empty, Encoding.UTF8.GetString(json), "The row must be a JSON object.")
            );
        }

        ImportProblem? malformed = null;
        ReadMembers(ref reader, string.Empty, columns, values, ref malformed);
        if (reader.Read())
            throw new JsonException("More than one value.");
        return new SourceRow(number, line, values, malformed);
    }

    private static void ReadMembers(
        ref Utf8JsonReader reader,
        string prefix,
        ColumnSet columns,
        string?[] values,
        ref ImportProblem? malformed
    )
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = prefix + ReadText(ref reader);
            reader.Read();
            var position = columns.Find(name);
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject when prefix.Length == 0:
                    ReadMembers(ref reader, name + ".", columns, values, ref malformed);
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    reader.Skip();
                    if (position >= 0)
                    {
                        malformed ??= new ImportProblem(
                            columns.Names[position],
                            string.Empty,
                            "Must be a single value, not a list or an object."
                        );
                    }

                    break;
                case var token when position >= 0:
                    values[position] = token switch
                    {
                        JsonTokenType.String => ReadText(ref reader),
                        JsonTokenType.Null => null,
                        _ => Encoding.UTF8.GetString(reader.ValueSpan),
                    };
                    break;
            }
        }
    }

    /// <summary>Returns the text, or U+FFFD if it contains an escaped lone surrogate, which is valid JSON but not valid text.</summary>
    private static string ReadText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }
}
