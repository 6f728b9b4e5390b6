using Microsoft.Extensions.Configuration;

namespace MovieLms.Standalone.Tests;

public class MemoryOptionsTests
{
    [Fact]
    public void Sizes_come_from_the_section_memory()
    {
        var options = Read("MongoCacheMegabytes", "512");

        Assert.Equal(512, options.MongoCacheMegabytes);
        Assert.Equal(32, options.RedisMegabytes);
    }

    [Theory]
    [InlineData("MongoCacheMegabytes", "0")]
    [InlineData("RedisMegabytes", "1000000")]
    [InlineData("RedisMegabytes", "64m")]
    public void Invalid_size_is_rejected_by_name(string name, string value)
    {
        var error = Assert.Throws<StandaloneException>(() => Read(name, value));

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private static MemoryOptions Read(string name, string value) =>
        MemoryOptions.Read(new ConfigurationBuilder().AddInMemoryCollection([new($"Memory:{name}", value)]).Build());
}
