using System.Net;
using System.Text.Json;

namespace MovieLms.Web.Tests.Gateway;

public sealed class HealthTests
{
    /// <summary>The port of TCPMUX (RFC 1078), which is never in use.</summary>
    private const string Down = "http://127.0.0.1:1";

    [Theory]
    [InlineData("", HttpStatusCode.OK, "Healthy")]
    [InlineData("apiservice", HttpStatusCode.ServiceUnavailable, "Unhealthy")]
    [InlineData("worker", HttpStatusCode.OK, "Degraded")]
    [InlineData("realtime", HttpStatusCode.OK, "Degraded")]
    public async Task Health_depends_on_the_services_but_liveness_does_not(string down, HttpStatusCode status, string text)
    {
        await using var backend = await Backend.StartAsync();
        var services = new[] { "apiservice", "worker", "realtime" }.Select(service => (service, service == down ? Down : backend.Address));
        await using var gateway = await GatewayHost.StartAsync(services);
        using var response = await gateway.Client.GetAsync("/health");
        Assert.Equal(status, response.StatusCode);
        var report = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.True(text == report.GetProperty("status").GetString(), report.GetRawText());
        if (down.Length > 0)
            Assert.Equal(text, report.GetProperty("checks").GetProperty(down).GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.GetAsync("/alive")).StatusCode);
    }

    [Fact]
    public async Task A_service_with_one_of_two_instances_down_is_degraded()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([
            ("apiservice", backend.Address),
            ("apiservice", Down),
            ("worker", backend.Address),
            ("realtime", backend.Address),
        ]);
        var report = await gateway.Client.GetStringAsync("/health");
        Assert.Contains("1 of 2 instances are available.", report);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await gateway.Client.GetAsync("/health?strict")).StatusCode);
    }
}
