using System.Globalization;
using System.Text.Json;

namespace MovieLms.Web.Analytics.Pipelines;

/// <summary>Parses what a visitor wrote into the editor.</summary>
public static class PipelineText
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Parses the text.</summary>
    /// <returns>The error, with its line, if the text is not a JSON array.</returns>
    public static (JsonElement Pipeline, string? Error) Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return (default, "Write at least an empty pipeline: [ ].");
        try
        {
            using var document = JsonDocument.Parse(text, Lenient);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? (document.RootElement.Clone(), null)
                : (default, "A pipeline is a list of stages in brackets: [ { \"$match\": { } } ].");
        }
        catch (JsonException e)
        {
            return (
                default,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"This is not JSON: look at line {(e.LineNumber ?? 0) + 1}, column {(e.BytePositionInLine ?? 0) + 1}. Names need quotation marks, "
                ) + "as in { \"$match\": { \"year\": 1999 } }."
            );
        }
    }
}
