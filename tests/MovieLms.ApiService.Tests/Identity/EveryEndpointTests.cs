using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Application.Access;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Walks every endpoint and hub method of all services.</summary>
public sealed class EveryEndpointTests
{
    [Fact]
    public async Task Every_endpoint_and_hub_method_names_a_permission_or_allows_anonymous()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.All });
        Assert.True(EndpointAccess.GetEndpoints(host.App.Services).Count > 30);
        Assert.Empty(EndpointAccess.Faults(host.App.Services));
    }

    /// <summary>Shows that the previous test would find faults.</summary>
    [Fact]
    public async Task Endpoints_and_hub_methods_without_a_permission_are_found()
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.None,
                Map = app =>
                {
                    app.MapGet("/forgotten", () => "x");
                    app.MapGet("/both", () => "x").RequirePermission(Permissions.SignedIn).AllowAnonymous();
                    app.MapGet("/unknown", () => "x").RequireAuthorization();
                    app.MapHub<OpenHub>("/open");
                    app.MapHub<OpenHub>("/guarded").RequirePermission(Permissions.SignedIn);
                },
                Configure = services => services.AddSignalR(),
            }
        );
        var faults = EndpointAccess.Faults(host.App.Services);
        foreach (var name in new[] { "/forgotten", "/both", "/unknown", "/open", "OpenHub.Anonymous", "OpenHub.AnyUser", "OpenHub.Plain" })
            Assert.Contains(faults, fault => fault.Contains(name, StringComparison.Ordinal));
        Assert.DoesNotContain(
            faults,
            fault => fault.Contains("/guarded", StringComparison.Ordinal) || fault.Contains("OpenHub.Staff", StringComparison.Ordinal)
        );
    }

#pragma warning disable CA1822 // Methods of a hub are called on an instance.
    private sealed class OpenHub : Hub
    {
        [AllowAnonymous]
        public Task Anonymous() => Task.CompletedTask;

        [Authorize]
        public Task AnyUser() => Task.CompletedTask;

        [Authorize(Permissions.UsersManage)]
        public Task Staff() => Task.CompletedTask;

        public Task Plain() => Task.CompletedTask;
    }
#pragma warning restore CA1822
}
