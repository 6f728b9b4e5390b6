namespace EmbeddedMongo.Tests;

/// <summary>The folder of this product in the checkout that the tests were built from.</summary>
internal static class ProductFolder
{
    public static string File(params ReadOnlySpan<string> parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "src", "EmbeddedMongo")))
            folder = folder.Parent;

        return Path.Combine([
            folder?.FullName ?? throw new DirectoryNotFoundException("The tests must run in a checkout of the sources."),
            .. parts,
        ]);
    }
}
