namespace MovieLms.Web.Gateway;

/// <summary>
/// Closes hub connections when the gateway stops. They stay open for hours and would otherwise delay the shutdown until its timeout.
/// SignalR clients reconnect through another gateway.
/// </summary>
internal sealed class HubConnections : IDisposable
{
    private readonly CancellationTokenSource _closing = new();

    public HubConnections(IHostApplicationLifetime lifetime, IConfiguration configuration)
    {
        var notice = TimeSpan.FromSeconds(configuration.GetValue("Shutdown:NoticeSeconds", 0.0));
        lifetime.ApplicationStopping.Register(() => _closing.CancelAfter(notice));
    }

    /// <summary>A token that is canceled when connections must close.</summary>
    internal CancellationToken Closing => _closing.Token;

    public void Dispose() => _closing.Dispose();
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
                using var registration = connections.Closing.Register(static state => ((HttpContext)state!).Abort(), context);
                await next(context);
            }
        );
    }
}
