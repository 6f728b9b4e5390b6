namespace MovieLms.Standalone.Tests;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://0.0.0.0:5400", "http://localhost:5400")]
    [InlineData("http://[::]:5400", "http://localhost:5400")]
    [InlineData("http://*:80", "http://localhost:80")]
    [InlineData("http://127.0.0.1:5401", "http://127.0.0.1:5401")]
    [InlineData("http://[::1]:5401", "http://[::1]:5401")]
    [InlineData("https://films.example:8443", "https://films.example:8443")]
    public void An_address_of_every_interface_is_reached_by_name(string listened, string reached) =>
        Assert.Equal(reached, ListenAddress.Reachable(listened));
}
