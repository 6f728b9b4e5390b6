using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using MovieLms.Application.Imports;
using MovieLms.Application.Live;
using MovieLms.Realtime.Chat;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.ServiceDefaults.Serialization;
using MovieLms.ServiceDefaults.Telemetry;
using StackExchange.Redis;

namespace MovieLms.Realtime.Relay;

/// <summary>
/// Receives live events from the other services over Redis and delivers them to this node's connections. Every node receives
/// every event, so each connection gets it once, however many nodes there are.
/// </summary>
internal sealed partial class LiveRelay(
    IConnectionMultiplexer redis,
    RedisNames names,
    OpenConnections connections,
    RoomEvictions exits,
    IHubClients<IChatClient> clients,
    TimeProvider time,
    ILogger<LiveRelay> logger
) : BackgroundService
{
    private const int MaxQueued = 10_000;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SubscribeInterval = TimeSpan.FromSeconds(1);
    private readonly Channel<Func<Task>> _work = Channel.CreateBounded<Func<Task>>(
        new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.DropOldest }
    );
    private readonly ConcurrentDictionary<string, long> _progress = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await SubscribeAsync<ImportProgressMessage>(
            ImportSignals.ProgressChannel,
            message => message.OwnerId,
            SendProgressAsync,
            stoppingToken
        );
        await SubscribeAsync<OrderChangedMessage>(LiveChannels.Orders, message => message.CustomerId, SendOrderAsync, stoppingToken);
        await SubscribeAsync<NotificationMessage>(
            LiveChannels.Notifications,
            message => message.UserId,
            SendNotificationAsync,
            stoppingToken
        );
        await SubscribeAsync<AccessLostMessage>(
            LiveChannels.AccessLost,
            message => message.UserId,
            message => exits.RemoveUserAsync(message.Room, message.UserId),
            stoppingToken
        );
        await SubscribeAsync<RoomClosedMessage>(
            LiveChannels.RoomClosed,
            _ => null,
            message => exits.RemoveAllAsync(message.Room),
            stoppingToken
        );
        try
        {
            await foreach (var work in _work.Reader.ReadAllAsync(stoppingToken))
                await RunAsync(work);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node is stopping.
        }
    }

    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or OperationCanceledException or RedisException)
        {
            LogNotDelivered(logger, e.GetType().Name);
        }
    }

    /// <summary>
    /// Subscribes to a channel. Messages for users without a connection to this node cause no work, and no span in the sender's trace.
    /// </summary>
    private async Task SubscribeAsync<T>(string channel, Func<T, string?> userOf, Func<T, Task> handle, CancellationToken cancellationToken)
        where T : class
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await redis
                    .GetSubscriber()
                    .SubscribeAsync(
                        names.GetChannel(channel),
                        (_, text) =>
                        {
                            if (
                                Read<T>(channel, text) is not { } message
                                || (userOf(message) is { } userId && !connections.GetByUser(userId).Any())
                            )
                            {
                                return;
                            }

                            _work.Writer.TryWrite(() => HandleAsync(channel, text.ToString(), message, handle));
                        }
                    );
                return;
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                LogNotDelivered(logger, e.GetType().Name);
                await Task.Delay(SubscribeInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task HandleAsync<T>(string channel, string text, T message, Func<T, Task> handle)
    {
        using var span = TraceContext.StartFromMessage("hub " + channel, text);
        await handle(message);
    }

    private T? Read<T>(string channel, RedisValue text)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text.ToString(), Json.Options);
        }
        catch (JsonException)
        {
            LogUnreadable(logger, channel);
            return null;
        }
    }

    /// <summary>Delivers an import's progress at most once per <see cref="ProgressInterval"/>, and always its end.</summary>
    private async Task SendProgressAsync(ImportProgressMessage message)
    {
        var isOver = message.State != "processing";
        if (!isOver && _progress.TryGetValue(message.ImportId, out var last) && time.GetElapsedTime(last) < ProgressInterval)
            return;
        if (isOver)
            _progress.TryRemove(message.ImportId, out _);
        else
            _progress[message.ImportId] = time.GetTimestamp();
        var progress = new ImportProgressEvent(
            message.ImportId,
            message.Kind,
            message.State,
            message.Total,
            message.Succeeded,
            message.Failed,
            message.RowsPerSecond
        );
        foreach (var connection in connections.GetByUser(message.OwnerId))
        {
            await clients.Client(connection.Id).ImportProgress(progress);
            ChatMetrics.Delivered(nameof(IChatClient.ImportProgress));
        }
    }

    private async Task SendOrderAsync(OrderChangedMessage message)
    {
        var order = new OrderChangedEvent(
            message.OrderId,
            message.OrderNumber,
            message.Item,
            message.Status,
            message.ChangedAt.UtcDateTime
        );
        foreach (var connection in connections.GetByUser(message.CustomerId))
        {
            await clients.Client(connection.Id).OrderChanged(order);
            ChatMetrics.Delivered(nameof(IChatClient.OrderChanged));
        }
    }

    private async Task SendNotificationAsync(NotificationMessage message)
    {
        var notification = new NotificationEvent(
            message.Id,
            message.Kind,
            message.Title,
            message.Text,
            message.Link,
            message.CreatedAt.UtcDateTime,
            Replayed: false
        );
        foreach (var connection in connections.GetByUser(message.UserId))
        {
            if (!connection.TryMarkDelivered(message.Id))
                continue;
            await clients.Client(connection.Id).Notification(notification);
            ChatMetrics.Delivered(nameof(IChatClient.Notification));
        }
    }

    [LoggerMessage(LogLevel.Debug, "A live event could not be received or delivered ({Reason})")]
    private static partial void LogNotDelivered(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "Dropped a message on {Channel} that this release cannot read")]
    private static partial void LogUnreadable(ILogger logger, string channel);
}
