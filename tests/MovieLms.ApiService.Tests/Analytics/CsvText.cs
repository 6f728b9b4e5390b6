using Microsoft.VisualBasic.FileIO;

namespace MovieLms.ApiService.Tests.Analytics;

/// <summary>Reads CSV with the framework's parser, which shares no code with the writer.</summary>
internal static class CsvText
{
    internal static List<string[]> Read(string text)
    {
        using var parser = new TextFieldParser(new StringReader(text))
        {
            TextFieldType = FieldType.Delimited,
            HasFieldsEnclosedInQuotes = true,
            TrimWhiteSpace = false,
        };
        parser.SetDelimiters(",");
        var rows = new List<string[]>();
        while (parser.ReadFields() is { } row)
            rows.Add(row);
        return rows;
    }
}
