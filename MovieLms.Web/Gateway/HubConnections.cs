namespace MovieLms.Web.Gateway;

/// <summary>
/// Ends hub connections when the gateway stops. They stay open for hours, and would hold the process until its shutdown timeout;
/// SignalR clients reconnect through another gateway.
/// </summary>
internal sealed class HubConnections : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    public HubConnections(IHostApplicationLifetime lifetime, IConfiguration configuration)
    {
        var notice = TimeSpan.FromSeconds(configuration.GetValue("Shutdown:NoticeSeconds", 0.0));
        lifetime.ApplicationStopping.Register(() => _ended.CancelAfter(notice));
    }

    /// <summary>Canceled when connections must end.</summary>
    internal CancellationToken Ended => _ended.Token;

    public void Dispose() => _ended.Dispose();
}

/// <summary>Adds <see cref="HubConnections"/> to the proxy.</summary>
internal static class HubConnectionsExtensions
{
    internal static void UseHubShutdown(this IReverseProxyApplicationBuilder pipeline)
    {
        var connections = pipeline.ApplicationServices.GetRequiredService<HubConnections>();
        pipeline.Use(
            async (context, next) =>
            {
                if (!GatewayConfiguration.IsSticky(context.GetReverseProxyFeature().Cluster.Config))
                {
                    await next(context);
                    return;
                }
                using var ending = connections.Ended.Register(static state => ((HttpContext)state!).Abort(), context);
                await next(context);
            }
        );
    }
}
