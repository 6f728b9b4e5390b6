using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MovieLms.Application.Orders;

namespace MovieLms.Application.Tests.Orders;

public sealed class SellerOptionsTests
{
    [Fact]
    public void Settings_are_read_from_the_configuration()
    {
        var seller = Read(
            ("Name", "Lumière Film School"),
            ("Address:0", "1 Rue du Premier-Film"),
            ("Address:1", "69008 Lyon"),
            ("TaxRate", "5.5")
        );
        Assert.Equal("Lumière Film School", seller.Name);
        Assert.Equal(["1 Rue du Premier-Film", "69008 Lyon"], seller.Address);
        Assert.Equal(5.5m, seller.TaxRate);
        Assert.Equal("VAT", seller.TaxName);
    }

    [Fact]
    public void Nothing_is_required() => Assert.Null(Read().Name);

    [Theory]
    [InlineData("TaxRate", "20", "Seller:Name")]
    [InlineData("TaxId", "DE123456789", "Seller:Name")]
    [InlineData("Address:0", "Lyon", "Seller:Name")]
    public void Settings_without_a_name_are_rejected(string key, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<OptionsValidationException>(() => Read((key, value))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("TaxRate", "101")]
    [InlineData("TaxRate", "-1")]
    [InlineData("TaxName", "")]
    public void Invalid_values_are_rejected(string key, string value) =>
        Assert.Contains(
            key,
            Assert.Throws<OptionsValidationException>(() => Read(("Name", "School"), (key, value))).Message,
            StringComparison.Ordinal
        );

    private static SellerOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Seller:{setting.Key}", (string?)setting.Value)))
            .Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        // Every service of a process adds it.
        services.AddSeller();
        services.AddSeller();
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<SellerOptions>>().Value;
    }
}
