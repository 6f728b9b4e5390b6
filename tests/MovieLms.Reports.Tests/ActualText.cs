using System.Text;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;

namespace MovieLms.Reports.Tests;

/// <summary>Reads the text of a document in the order in which it was written, with replacement texts (ISO 32000-1, 14.9.4).</summary>
internal static class ActualText
{
    internal static string Read(byte[] file)
    {
        using var pdf = PdfDocument.Open(file);
        var text = new StringBuilder();
        foreach (var page in pdf.GetPages())
        {
            var marked = new Dictionary<Letter, string>(ReferenceEqualityComparer.Instance);
            foreach (var content in page.GetMarkedContents().Where(content => content.ActualText is not null))
            {
                var isFirst = true;
                foreach (var letter in content.Letters)
                {
                    marked[letter] = isFirst ? content.ActualText! : string.Empty;
                    isFirst = false;
                }
            }
            foreach (var letter in page.Letters)
                text.Append(marked.GetValueOrDefault(letter) ?? letter.Value);
        }
        return text.ToString();
    }
}
