namespace MovieLms.AppHost.Tests.Model;

/// <summary>The https launch profile on a machine without a developer certificate.</summary>
public sealed class DeveloperCertificateTests
{
    [Theory]
    [InlineData("https://localhost:17400;http://localhost:15400", "http://localhost:15400")]
    [InlineData("https://localhost:21400", "http://localhost:21400")]
    [InlineData("http://localhost:15400", "http://localhost:15400")]
    public void The_addresses_fall_back_to_http(string urls, string expected) =>
        Assert.Equal(expected, DeveloperCertificate.WithoutHttps(urls));
}
