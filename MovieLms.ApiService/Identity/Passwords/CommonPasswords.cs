using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace MovieLms.ApiService.Identity.Passwords;

/// <summary>
/// The passwords that guessers try first, from a list inside the program: nothing of a password leaves it. The list is built by
/// <c>scripts/build-common-passwords.sh</c>, which names its source.
/// </summary>
internal sealed class CommonPasswords
{
    private const string ResourceName = "common-passwords.txt.gz";

    /// <summary>A password that repeats so short a piece is as weak as the piece.</summary>
    private const int MaxRepeatedPieceLength = 4;
    private const string Decoration = "0123456789!?.,-_*#$%&@+ ";

    /// <summary>Sorted hashes: an eighth of the memory that the texts would take.</summary>
    private readonly Lazy<ulong[]> _listed = new(Read);

    /// <summary>
    /// True for a listed password, also with digits or punctuation put round it, written twice, or with digits in the place
    /// of letters; and for a short piece repeated or a run of neighbouring characters.
    /// </summary>
    /// <param name="lowerCasePassword">At least two characters.</param>
    internal bool Contains(string lowerCasePassword)
    {
        if (IsRun(lowerCasePassword))
            return true;
        var piece = lowerCasePassword[..Period(lowerCasePassword)];
        if (piece.Length <= MaxRepeatedPieceLength)
            return true;
        return IsListed(piece)
            || IsListed(Undecorated(piece))
            || IsListed(Undecorated(Spelled(lowerCasePassword)))
            || IsListed(Spelled(Undecorated(lowerCasePassword)));
    }

    /// <summary>How many passwords are listed.</summary>
    internal int Count => _listed.Value.Length;

    private bool IsListed(string text) => Array.BinarySearch(_listed.Value, Hash(text)) >= 0;

    private static string Undecorated(string text)
    {
        var core = text.AsSpan().Trim(Decoration).ToString();
        return core.Length == 0 ? text : core[..Period(core)];
    }

    /// <summary>p4$$w0rd is password to every guesser.</summary>
    internal static string Spelled(string text) =>
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

    /// <summary>The length of the piece that the text repeats; its own length when it repeats none.</summary>
    private static int Period(string text)
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
        var step = Step(text[0], text[1]);
        if (step is not (1 or -1))
            return false;
        for (var i = 2; i < text.Length; i++)
        {
            if (Step(text[i - 1], text[i]) != step)
                return false;
        }

        return true;
    }

    /// <summary>How far apart two characters are; after nine comes nought.</summary>
    private static int Step(char from, char to) =>
        (from, to) switch
        {
            ('9', '0') => 1,
            ('0', '9') => -1,
            _ => to - from,
        };

    private static ulong[] Read()
    {
        using var stream =
            typeof(CommonPasswords).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The program was built without its resource {ResourceName}.");
        using var reader = new StreamReader(new GZipStream(stream, CompressionMode.Decompress));
        var hashes = new List<ulong>();
        while (reader.ReadLine() is { } line)
            hashes.Add(Hash(line));
        return [.. hashes.Order()];
    }

    /// <summary>
    /// 64 bits of the SHA-256: with 150,000 entries, one other password in 100 million million is taken for a listed one.
    /// </summary>
    private static ulong Hash(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
