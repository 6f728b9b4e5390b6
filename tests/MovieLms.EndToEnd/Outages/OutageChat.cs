using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace MovieLms.EndToEnd.Outages;

/// <summary>Sends chat messages one after another, and retries each until it is acknowledged.</summary>
internal sealed class OutageChat : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly string _room;
    private readonly CancellationTokenSource _stop = new();
    private Task _sending = Task.CompletedTask;
    private bool _isJoined;
    private int _sent;

    private OutageChat(HubConnection hub, string room) => (_hub, _room) = (hub, room);

    /// <summary>The number of acknowledged messages.</summary>
    internal int Sent => Volatile.Read(ref _sent);

    internal static async Task<OutageChat> StartAsync(Uri realtime, string token, string room)
    {
        var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(realtime, "/hubs/chat"), options => options.AccessTokenProvider = () => Task.FromResult<string?>(token))
            .WithAutomaticReconnect()
            .Build();
        await hub.StartAsync();
        var chat = new OutageChat(hub, room);
        chat._sending = Task.Run(chat.SendAsync);
        return chat;
    }

    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _sending;
    }

    /// <summary>Asserts that every acknowledged message is stored once and that no sequence number is missing.</summary>
    internal async Task AssertCompleteAsync(HttpClient admin)
    {
        var messages = new List<(long Sequence, string Id)>();
        while (true)
        {
            var page = await admin.GetFromJsonAsync<JsonElement>(
                $"/api/rooms/{_room}/messages?limit=100&after={(messages.Count == 0 ? 0 : messages[^1].Sequence)}"
            );
            var items = page.GetProperty("items")
                .EnumerateArray()
                .Select(message => (message.GetProperty("sequence").GetInt64(), message.GetProperty("clientMessageId").GetString()!))
                .Order()
                .ToList();
            if (items.Count == 0)
                break;
            messages.AddRange(items);
        }
        Assert.Equal(Enumerable.Range(1, messages.Count).Select(number => (long)number), messages.Select(message => message.Sequence));
        Assert.Equal(Enumerable.Range(0, Sent).Select(number => $"m{number}"), messages.Select(message => message.Id).Take(Sent));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _hub.DisposeAsync();
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(40));
                if (!_isJoined)
                    await _hub.InvokeAsync<object>("JoinRoom", _room, timeout.Token);
                _isJoined = true;
                await _hub.InvokeAsync<object>("SendMessage", _room, $"Message {_sent}", $"m{_sent}", timeout.Token);
                Interlocked.Increment(ref _sent);
            }
            catch (Exception e) when (e is HubException or InvalidOperationException or OperationCanceledException or IOException)
            {
                // Not acknowledged: retry. After a reconnect the room must be joined again.
                _isJoined = false;
                await Task.Delay(200);
            }
            await Task.Delay(50);
        }
    }
}
