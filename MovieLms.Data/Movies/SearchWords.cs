using System.Globalization;
using System.Text;

namespace MovieLms.Data.Movies;

/// <summary>
/// Turns text into what searches and sorts compare: lower case, no diacritics (Unicode NFKD without its combining marks),
/// so that <c>amelie</c> finds <c>Amélie</c>. Stored with each film and made from each query by the same rules.
/// </summary>
public static class SearchWords
{
    private const int MaxWords = 60;
    private const int MaxWordLength = 40;

    /// <summary>
    /// The distinct words of several texts; apostrophes join (<c>Let's</c> is <c>lets</c>), all else that is no letter or digit separates.
    /// </summary>
    public static IReadOnlyList<string> Of(params ReadOnlySpan<string?> texts)
    {
        var words = new List<string>();
        foreach (var text in texts)
        {
            if (text is null)
                continue;
            var folded = Fold(text);
            var start = -1;
            for (var i = 0; i <= folded.Length; i++)
            {
                if (i < folded.Length && (char.IsLetterOrDigit(folded[i]) || char.IsSurrogate(folded[i])))
                {
                    if (start < 0)
                        start = i;
                    continue;
                }
                if (start < 0)
                    continue;
                var word = Shortened(folded.AsSpan(start, i - start));
                start = -1;
                if (!words.Contains(word))
                    words.Add(word);
                if (words.Count == MaxWords)
                    return words;
            }
        }
        return words;
    }

    /// <summary>Text folded whole, for sorting and for comparing names.</summary>
    public static string Fold(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in WellFormed(text.Trim()).Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Control)
                continue;
            if (Undecomposed(rune.Value) is { } letters)
                result.Append(letters);
            else
                result.Append(Rune.ToLowerInvariant(rune).ToString());
        }
        return result.ToString();
    }

    /// <summary>A word is cut alike in films and queries, and never through a surrogate pair.</summary>
    private static string Shortened(ReadOnlySpan<char> word)
    {
        if (word.Length <= MaxWordLength)
            return word.ToString();
        return word[..(char.IsHighSurrogate(word[MaxWordLength - 1]) ? MaxWordLength - 1 : MaxWordLength)].ToString();
    }

    /// <summary>Letters that Unicode does not take apart, and apostrophes, which go.</summary>
    private static string? Undecomposed(int rune) =>
        rune switch
        {
            'ß' => "ss",
            'æ' or 'Æ' => "ae",
            'œ' or 'Œ' => "oe",
            'ø' or 'Ø' => "o",
            'ł' or 'Ł' => "l",
            'đ' or 'Đ' => "d",
            '\'' or '\u2019' => "",
            _ => null,
        };

    /// <summary>Normalization throws at half a surrogate pair and at U+FFFE, which a query may hold.</summary>
    private static string WellFormed(string text) =>
        (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))).Replace(
            '\uFFFE',
            '\uFFFD'
        );
}
