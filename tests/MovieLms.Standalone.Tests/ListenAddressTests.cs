namespace MovieLms.Standalone.Tests;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://0.0.0.0:5400", "http://localhost:5400")]
    [InlineData("http://[::]:5400", "http://localhost:5400")]
    [InlineData("http://*:80", "http://localhost:80")]
    [InlineData("http://127.0.0.1:5401", "http://127.0.0.1:5401")]
    [InlineData("http://[::1]:5401", "http://[::1]:5401")]
    [InlineData("https://movies.example:8443", "https://movies.example:8443")]
    public void A_wildcard_address_is_reachable_at_localhost(string url, string expected) =>
        Assert.Equal(expected, ListenAddress.GetReachableUrl(url));
}
