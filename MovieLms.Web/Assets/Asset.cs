using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace MovieLms.Web.Assets;

/// <summary>
/// The style sheet, joined from the files of <c>Styles</c>, and the scripts of the pages, embedded in the assembly. Their address contains
/// a hash of all of them, so that browsers may keep them forever and a script can import another one by its name.
/// </summary>
public static class Asset
{
    internal const string Folder = "/assets";
    internal const string StyleSheet = "app.css";
    private const string ScriptPrefix = "assets/";
    private const string StylePrefix = "styles/";
    private static readonly Assembly Assembly = typeof(Asset).Assembly;
    private static readonly Lazy<FrozenDictionary<string, AssetFile>> All = new(ReadAll);
    private static readonly Lazy<string> AllHash = new(ComputeHash);

    /// <summary>The hash in the addresses.</summary>
    internal static string Hash => AllHash.Value;

    /// <summary>Returns the address of an asset.</summary>
    /// <exception cref="ArgumentException">There is no such asset.</exception>
    public static string Url(string name) =>
        All.Value.ContainsKey(name) ? $"{Folder}/{Hash}/{name}" : throw new ArgumentException($"There is no asset {name}.", nameof(name));

    internal static AssetFile? Find(string name) => All.Value.GetValueOrDefault(name);

    private static FrozenDictionary<string, AssetFile> ReadAll() =>
        GetNames(ScriptPrefix)
            .Select(name => KeyValuePair.Create(name[ScriptPrefix.Length..], new AssetFile("text/javascript; charset=utf-8", Read(name))))
            .Append(KeyValuePair.Create(StyleSheet, new AssetFile("text/css; charset=utf-8", ReadStyles())))
            .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Joins the style sheets in the order of their names.</summary>
    private static byte[] ReadStyles() => [.. GetNames(StylePrefix).Order(StringComparer.Ordinal).SelectMany(Read)];

    private static IEnumerable<string> GetNames(string prefix) =>
        Assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

    private static byte[] Read(string name)
    {
        using var stream = Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, file) in All.Value.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            hash.AppendData(file.Content);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}

/// <summary>An embedded file.</summary>
internal sealed class AssetFile(string contentType, byte[] content)
{
    private readonly Lazy<byte[]> _compressed = new(() => Compress(content));

    internal string ContentType => contentType;

    internal byte[] Content => content;

    /// <summary>The content, compressed with Brotli at the first use.</summary>
    internal byte[] Compressed => _compressed.Value;

    private static byte[] Compress(byte[] content)
    {
        using var output = new MemoryStream();
        using (var brotli = new BrotliStream(output, CompressionLevel.Optimal, leaveOpen: true))
            brotli.Write(content);
        return output.ToArray();
    }
}
