using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace MovieLms.ApiService.Identity.Passwords;

/// <summary>
/// The passwords that attackers try first. The list is embedded, so no part of a password leaves the process. It is built by
/// <c>scripts/build-common-passwords.sh</c>, which names its source.
/// </summary>
internal sealed class CommonPasswords
{
    private const string ResourceName = "common-passwords.txt.gz";

    /// <summary>A password that only repeats such a short piece is as weak as the piece.</summary>
    private const int MaxRepeatedPieceLength = 4;
    private const string Decoration = "0123456789!?.,-_*#$%&@+ ";

    /// <summary>Sorted hashes, which take an eighth of the memory of the texts.</summary>
    private readonly Lazy<ulong[]> _listed = new(ReadHashes);

    /// <summary>
    /// Returns true for a listed password, even if it is repeated, surrounded by digits or punctuation, or spelled with digits in
    /// place of letters. Also returns true for a repeated short piece and for a run of consecutive characters.
    /// </summary>
    /// <param name="lowerCasePassword">The password in lower case, at least two characters long.</param>
    internal bool Contains(string lowerCasePassword)
    {
        if (IsRun(lowerCasePassword))
            return true;
        var piece = lowerCasePassword[..FindPeriod(lowerCasePassword)];
        if (piece.Length <= MaxRepeatedPieceLength)
            return true;
        return IsListed(piece)
            || IsListed(TrimDecoration(piece))
            || IsListed(TrimDecoration(ReplaceLookalikes(lowerCasePassword)))
            || IsListed(ReplaceLookalikes(TrimDecoration(lowerCasePassword)));
    }

    /// <summary>The number of listed passwords.</summary>
    internal int Count => _listed.Value.Length;

    private bool IsListed(string text) => Array.BinarySearch(_listed.Value, Hash(text)) >= 0;

    private static string TrimDecoration(string text)
    {
        var core = text.AsSpan().Trim(Decoration).ToString();
        return core.Length == 0 ? text : core[..FindPeriod(core)];
    }

    /// <summary>Replaces digits and symbols by the letters that they stand for: p4$$w0rd becomes password.</summary>
    internal static string ReplaceLookalikes(string text) =>
        string.Create(
            text.Length,
            text,
            static (letters, source) =>
            {
                for (var i = 0; i < letters.Length; i++)
                {
                    letters[i] = source[i] switch
                    {
                        '0' => 'o',
                        '1' => 'i',
                        '3' => 'e',
                        '4' or '@' => 'a',
                        '5' or '$' => 's',
                        '7' => 't',
                        '!' => 'i',
                        var other => other,
                    };
                }
            }
        );

    /// <summary>Returns the length of the piece that the text repeats, or the length of the text if it repeats none.</summary>
    private static int FindPeriod(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
        {
            if (text.Length % length == 0 && text.AsSpan(length).SequenceEqual(text.AsSpan(0, text.Length - length)))
                return length;
        }
        return text.Length;
    }

    private static bool IsRun(string text)
    {
        var step = GetStep(text[0], text[1]);
        if (step is not (1 or -1))
            return false;
        for (var i = 2; i < text.Length; i++)
        {
            if (GetStep(text[i - 1], text[i]) != step)
                return false;
        }

        return true;
    }

    /// <summary>Returns the distance between two characters. Zero follows nine.</summary>
    private static int GetStep(char from, char to) =>
        (from, to) switch
        {
            ('9', '0') => 1,
            ('0', '9') => -1,
            _ => to - from,
        };

    private static ulong[] ReadHashes()
    {
        using var stream =
            typeof(CommonPasswords).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The embedded resource {ResourceName} is missing from the build.");
        using var reader = new StreamReader(new GZipStream(stream, CompressionMode.Decompress));
        var hashes = new List<ulong>();
        while (reader.ReadLine() is { } line)
            hashes.Add(Hash(line));
        return [.. hashes.Order()];
    }

    /// <summary>
    /// Returns 64 bits of the SHA-256. With 150,000 entries, one in 10^14 unlisted passwords is mistaken for a listed one.
    /// </summary>
    private static ulong Hash(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
