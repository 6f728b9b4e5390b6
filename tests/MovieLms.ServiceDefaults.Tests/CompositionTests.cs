using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

public sealed class CompositionTests
{
    public static TheoryData<Services> EverySubset()
    {
        var data = new TheoryData<Services>();
        for (var subset = Services.None; subset <= Services.All; subset++)
            data.Add(subset);
        return data;
    }

    [Theory]
    [MemberData(nameof(EverySubset))]
    public async Task Any_subset_of_the_services_can_share_a_host(Services subset)
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = subset });

        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/alive")).StatusCode);
        var health = await host.Client.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        using var report = JsonDocument.Parse(await health.Content.ReadAsStringAsync());
        var checks = report.RootElement.GetProperty("checks");
        Assert.Equal("Healthy", checks.GetProperty("mongodb").GetProperty("status").GetString());
        Assert.Equal("Healthy", checks.GetProperty("redis").GetProperty("status").GetString());
        var schemes = await host.App.Services.GetRequiredService<IAuthenticationSchemeProvider>().GetAllSchemesAsync();
        Assert.Single(schemes, scheme => scheme.Name == "Bearer");
    }

    [Fact]
    public void Registering_the_defaults_twice_throws()
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder();
        builder.AddServiceDefaults();
        Assert.Throws<InvalidOperationException>(() => builder.AddServiceDefaults());
    }
}
