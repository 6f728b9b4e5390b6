using System.Globalization;
using System.Text;

namespace MovieLms.Data.Movies;

/// <summary>
/// Converts text to the form that searches and sorts compare: lower case without diacritics (Unicode NFKD without combining marks),
/// so that <c>amelie</c> finds <c>Amélie</c>. The same rules apply to stored movies and to queries.
/// </summary>
public static class SearchWords
{
    private const int MaxWords = 60;
    private const int MaxWordLength = 40;

    /// <summary>
    /// Returns the distinct words of texts. Apostrophes are dropped (<c>Let's</c> becomes <c>lets</c>); all other characters that are
    /// neither letters nor digits separate words.
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

    /// <summary>Returns a whole text in that form, for sorting and comparing names.</summary>
    public static string Fold(string text)
    {
        if (Ascii.IsValid(text))
            return FoldAscii(text.AsSpan().Trim());
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

    private static string FoldAscii(ReadOnlySpan<char> text)
    {
        Span<char> folded = text.Length <= 512 ? stackalloc char[text.Length] : new char[text.Length];
        var length = 0;
        foreach (var letter in text)
        {
            if (letter != '\'' && !char.IsControl(letter))
                folded[length++] = char.ToLowerInvariant(letter);
        }
        return folded[..length].ToString();
    }

    /// <summary>Truncates a word the same way for movies and queries, and never inside a surrogate pair.</summary>
    private static string Shortened(ReadOnlySpan<char> word)
    {
        if (word.Length <= MaxWordLength)
            return word.ToString();
        return word[..(char.IsHighSurrogate(word[MaxWordLength - 1]) ? MaxWordLength - 1 : MaxWordLength)].ToString();
    }

    /// <summary>Returns the replacement of letters that Unicode does not decompose, and of apostrophes, which are dropped.</summary>
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

    /// <summary>Replaces unpaired surrogates and U+FFFE, which a query may contain and for which normalization throws.</summary>
    private static string WellFormed(string text) =>
        (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))).Replace(
            '\uFFFE',
            '\uFFFD'
        );
}
