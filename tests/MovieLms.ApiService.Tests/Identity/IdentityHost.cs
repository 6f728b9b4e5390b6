using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>An API host shared by the tests of a class.</summary>
public sealed class IdentityHost : IAsyncLifetime
{
    public ServiceHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api });

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
