using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using MovieLms.Application;
using MovieLms.Application.Access;
using MovieLms.Realtime.Backplane;
using MovieLms.Realtime.Chat;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Enforcement;
using MovieLms.Realtime.Hubs;
using MovieLms.Realtime.Presence;
using MovieLms.Realtime.Relay;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.Realtime;

/// <summary>Adds this service to a host: its own process, or Standalone, which runs all services.</summary>
public static class RealtimeExtensions
{
    /// <summary>The path of the chat hub.</summary>
    public const string HubPath = "/hubs/chat";

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Registers this service.</summary>
    public static IHostApplicationBuilder AddRealtime(this IHostApplicationBuilder builder)
    {
        builder.Services.AddApplication();
        builder
            .Services.AddOptions<RealtimeOptions>()
            .BindConfiguration(RealtimeOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        var maxMessageBytes = builder.Configuration.GetValue(
            $"{RealtimeOptions.Section}:{nameof(RealtimeOptions.MaxMessageBytes)}",
            new RealtimeOptions().MaxMessageBytes
        );
        builder
            .Services.AddSignalR(options =>
            {
                options.MaximumReceiveMessageSize = maxMessageBytes;
                options.HandshakeTimeout = HandshakeTimeout;
                options.KeepAliveInterval = KeepAlive;
                options.ClientTimeoutInterval = KeepAlive * 3;
                if (builder.Configuration.IsTelemetryEnabled())
                    options.AddFilter<HubScopes>();
                options.AddFilter<HubFailures>();
                options.AddFilter<CallLimits>();
            })
            .AddMessagePackProtocol()
            .AddArgumentErrors();
        builder.KeepTokensOutOfLogs();
        builder
            .Services.AddSingleton<HubScopes>()
            .AddSingleton<HubFailures>()
            .AddSingleton<CallLimits>()
            .AddSingleton<ConnectionCap>()
            .AddSingleton<ConnectionCloser>();
        builder.Services.AddSingleton<DefaultHubLifetimeManager<ChatHub>>();
        builder.Services.AddSingleton<ChatBackplane>();
        builder.Services.AddSingleton<HubLifetimeManager<ChatHub>>(services => services.GetRequiredService<ChatBackplane>());
        // Registered so that only this class and the backplane depend on the hub's type.
        builder.Services.AddSingleton(services => services.GetRequiredService<IHubContext<ChatHub, IChatClient>>().Clients);
        builder.Services.AddSingleton(services => services.GetRequiredService<IHubContext<ChatHub, IChatClient>>().Groups);
        builder.Services.AddSingleton<Rooms>().AddSingleton<RoomTitles>().AddSingleton<RoomWriter>().AddSingleton<RoomEvictions>();
        builder.Services.AddSingleton<MessageWindows>();
        builder.Services.AddSingleton<OpenConnections>().AddSingleton<NotificationReplay>();
        builder.Services.AddSingleton<PresenceStore>().AddSingleton<RoomSizes>().AddSingleton<RoomMembers>().AddSingleton<RoomPresence>();
        builder
            .Services.AddHostedService<BackplaneMonitor>()
            .AddHostedService<PresenceService>()
            .AddHostedService<LiveRelay>()
            .AddHostedService<ConnectionGuard>();
        return builder;
    }

    /// <summary>Maps this service's endpoints.</summary>
    public static WebApplication MapRealtime(this WebApplication app)
    {
        app.UseOriginCheck(HubPath);
        var settings = app.Services.GetRequiredService<IOptions<RealtimeOptions>>().Value;
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger<BoundedOutput>();
        var cap = app.Services.GetRequiredService<ConnectionCap>();
        // Equivalent to MapHub, but also limits the bytes buffered per client.
        var transport = new HttpConnectionDispatcherOptions
        {
            TransportMaxBufferSize = settings.OutgoingBufferBytes + RealtimeOptions.MaxResponseBytes,
        };
        transport.WebSockets.CloseTimeout = CloseTimeout;
        app.MapConnections(
                HubPath,
                transport,
                connections =>
                {
                    cap.Use(connections);
                    BoundedOutput.Use(connections, logger);
                    connections.UseHub<ChatHub>();
                }
            )
            .WithMetadata(new HubMetadata(typeof(ChatHub)))
            .WithMaxBodySize(BodyLimits.HubMessages)
            .RequirePermission(Permissions.SignedIn);
        return app;
    }
}
