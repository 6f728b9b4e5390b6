namespace EmbeddedMongo.Tests.Package;

/// <summary>Checks what the users of the package see: its public types and the code of its README.</summary>
public sealed class PackageTests
{
    [Fact]
    public void At_most_five_types_are_public() => Assert.InRange(typeof(EmbeddedMongoServer).Assembly.GetExportedTypes().Length, 1, 5);

    [Fact]
    public async Task The_readme_contains_the_tested_class()
    {
        var code = await File.ReadAllTextAsync(ProductFolder.File("tests", "EmbeddedMongo.Tests", "Package", "MovieTests.cs"));
        var readme = await File.ReadAllTextAsync(ProductFolder.File("README.md"));

        Assert.Contains(
            code.ReplaceLineEndings("\n").Split("namespace EmbeddedMongo.Tests.Package;\n\n")[1],
            readme.ReplaceLineEndings("\n"),
            StringComparison.Ordinal
        );
    }
}
