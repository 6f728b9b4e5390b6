using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Data.Paging;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Exports;

/// <summary>An export reads the list no faster than the client reads the export. The list of these tests has no end.</summary>
public sealed class ExportStreamTests : IAsyncLifetime
{
    private const int BatchItems = 100;
    private readonly WebApplication _app;
    private int _batches;

    public ExportStreamTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ExportGate>().AddSingleton(TimeProvider.System);
        _app = builder.Build();
        _app.MapGet("/endless", ReadBatch).WithExport<Item>("endless");
    }

    internal sealed record Item(int Number, string Text);

    public async ValueTask InitializeAsync() => await _app.StartAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("text/csv")]
    [InlineData("application/x-ndjson")]
    public async Task An_export_waits_for_a_client_that_does_not_read_and_ends_with_its_connection(string mediaType)
    {
        var gate = _app.Services.GetRequiredService<ExportGate>();
        var address = new Uri(_app.Urls.Single());
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 })
        {
            await socket.ConnectAsync(address.Host, address.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /endless HTTP/1.1\r\nHost: localhost\r\nAccept: {mediaType}\r\n\r\n"));
            var stalled = await WaitUntilStalledAsync();
            // Each batch has 200 kB. The buffers of the connection hold a few megabytes.
            Assert.InRange(stalled, 1, 100);
            var buffer = new byte[64 * 1024];
            for (var read = 0; read < 50_000_000; )
                read += await socket.ReceiveAsync(buffer);
            Assert.InRange(await WaitUntilStalledAsync(), stalled + 1, stalled + 400);
        }
        await Eventually.WaitUntilAsync(() => HasFreeSlotsAsync(gate), "the export ends with its connection");
        var ended = _batches;
        await Task.Delay(200);
        Assert.Equal(ended, _batches);
    }

    /// <summary>Returns true if the caller of the tests may run as many exports as a caller may, because no other one is running.</summary>
    private static async Task<bool> HasFreeSlotsAsync(ExportGate gate)
    {
        const string Address = "127.0.0.1";
        Assert.Equal(2, ExportGate.MaxPerCaller);
        try
        {
            return await gate.RunAsync(null, Address, () => gate.RunAsync(null, Address, () => Task.FromResult(true), default), default);
        }
        catch (BusyException)
        {
            return false;
        }
    }

    private async Task<int> WaitUntilStalledAsync()
    {
        var (last, since) = (0, 0);
        await Eventually.WaitUntilAsync(
            async () =>
            {
                await Task.Delay(100);
                var batches = Volatile.Read(ref _batches);
                since = batches == last && batches > 0 ? since + 1 : 0;
                last = batches;
                return since >= 5;
            },
            "the export waits for its client"
        );
        return last;
    }

    private Ok<Page<Item>> ReadBatch([AsParameters] PageQuery page)
    {
        Assert.True(page.IsExport);
        var first = Interlocked.Increment(ref _batches) * BatchItems;
        var items = Enumerable.Range(first, BatchItems).Select(number => new Item(number, new string('x', 2_000)));
        return TypedResults.Ok(new Page<Item>([.. items], $"{first}"));
    }
}
