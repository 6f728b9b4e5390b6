using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;

namespace MovieLms.Web.Assets;

/// <summary>
/// The style sheet and scripts of the pages, embedded in the assembly. Their address contains a hash of all of them, so that browsers may
/// keep them forever and a script can import another one by its name.
/// </summary>
public static class Asset
{
    internal const string Folder = "/assets";
    private const string ResourcePrefix = "assets/";
    private static readonly Lazy<FrozenDictionary<string, AssetFile>> All = new(ReadAll);
    private static readonly Lazy<string> AllHash = new(ComputeHash);

    /// <summary>The hash in the addresses.</summary>
    internal static string Hash => AllHash.Value;

    /// <summary>Returns the address of an asset.</summary>
    /// <exception cref="ArgumentException">There is no such asset.</exception>
    public static string Url(string name) =>
        All.Value.ContainsKey(name) ? $"{Folder}/{Hash}/{name}" : throw new ArgumentException($"There is no asset {name}.", nameof(name));

    internal static AssetFile? Find(string name) => All.Value.GetValueOrDefault(name);

    private static FrozenDictionary<string, AssetFile> ReadAll()
    {
        var assembly = typeof(Asset).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .ToFrozenDictionary(
                name => name[ResourcePrefix.Length..],
                name =>
                {
                    using var stream = assembly.GetManifestResourceStream(name)!;
                    var content = new byte[stream.Length];
                    stream.ReadExactly(content);
                    return new AssetFile(GetContentType(name), content);
                },
                StringComparer.Ordinal
            );
    }

    private static string ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, file) in All.Value.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            hash.AppendData(file.Content);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    private static string GetContentType(string name) =>
        Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => throw new InvalidOperationException($"The asset {name} has an unknown type."),
        };
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
