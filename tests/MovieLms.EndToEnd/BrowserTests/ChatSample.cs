using Microsoft.AspNetCore.SignalR.Client;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>Writes messages to a room as a program does.</summary>
internal static class ChatSample
{
    /// <summary>A few messages as people write them.</summary>
    internal static IReadOnlyList<string> Talk { get; } =
    [
        "Has anybody seen the new print of The Red Shoes?",
        "The colors are worth the trip: https://example.test/the-red-shoes (subtitled).",
        "Screening is at eight.\nBring a friend!",
    ];

    /// <summary>Writes messages to a room that the user may enter.</summary>
    internal static async Task WriteAsync(Uri site, string? accessToken, string room, IEnumerable<string> texts)
    {
        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(site, "/hubs/chat"), options => options.AccessTokenProvider = () => Task.FromResult(accessToken))
            .Build();
        await hub.StartAsync();
        await hub.InvokeAsync<object>("JoinRoom", room);
        foreach (var text in texts)
            await hub.InvokeAsync<object>("SendMessage", room, text, $"{Guid.NewGuid():N}");
    }
}
