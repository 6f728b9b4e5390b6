using Microsoft.Extensions.Configuration;

namespace MovieLms.Standalone.Tests;

/// <summary>The listen address becomes the public address while services read their settings.</summary>
public sealed class PublicUrlSourceTests
{
    private const int Changes = 20_000;

    [Fact]
    public async Task Settings_can_be_enumerated_while_the_address_is_set()
    {
        var source = new PublicUrlSource();
        using var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(Enumerable.Range(0, 50).ToDictionary(i => $"Key{i}", i => (string?)"value"));
        configuration.Sources.Add(source);
        Assert.Null(configuration["PublicUrl"]);
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                    Assert.True(configuration.GetChildren().Count() >= 50);
            },
            TestContext.Current.CancellationToken
        );
        for (var i = 0; i < Changes && !reader.IsCompleted; i++)
            source.Set($"http://localhost:{i}");
        await stop.CancelAsync();
        await reader;
        Assert.Equal($"http://localhost:{Changes - 1}", configuration["PublicUrl"]);
    }
}
