using MovieLms.Web.Access;

namespace MovieLms.Web.Session;

/// <summary>Adds <see cref="ConsoleApi"/>.</summary>
internal static class ConsoleApiExtensions
{
    /// <summary>Reads fail after this time. Writes, which include uploads, have the timeout of the client.</summary>
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromMinutes(5);

    internal static void AddConsoleApi(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddScoped<ConsoleApi>();
        builder.Services.AddTransient<ReadTimeoutHandler>();
        foreach (var (name, service) in ServiceClients.All)
            builder.Services.AddClient(name, service);
    }

    private static void AddClient(this IServiceCollection services, string name, string service)
    {
        var client = services.AddHttpClient(
            name,
            client => (client.BaseAddress, client.Timeout) = (new Uri($"https+http://{service}"), WriteTimeout)
        );
        // EXTEXP0001: removing handlers is marked experimental. Repeating a request that was refused (429) would keep the visitor waiting.
#pragma warning disable EXTEXP0001
        client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        client
            .AddHttpMessageHandler<ReadTimeoutHandler>()
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
    }

    private sealed class ReadTimeoutHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Get)
                return await base.SendAsync(request, cancellationToken);
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(ReadTimeout);
            try
            {
                return await base.SendAsync(request, timeout.Token);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new HttpRequestException("The API did not respond in time.", e);
            }
        }
    }
}
