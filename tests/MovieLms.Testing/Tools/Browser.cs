using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MovieLms.Testing.Tools;

/// <summary>Headless Chromium, controlled with the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).</summary>
public sealed partial class Browser : IAsyncDisposable
{
    private readonly TemporaryFolder _profile = new();
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _pending = new();
    private readonly SemaphoreSlim _writing = new(1);
    private Process _process = null!;
    private Task _reading = Task.CompletedTask;
    private Task _readingErrors = Task.CompletedTask;
    private int _lastId;

    private Browser() { }

    /// <summary>Starts Chromium. Skips the test if it is not installed.</summary>
    public static async Task<Browser> StartAsync()
    {
        var browser = new Browser();
        var start = new ProcessStartInfo(
            ExternalTool.Require("chromium", "chromium-browser", "google-chrome"),
            [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-port=0",
                $"--user-data-dir={browser._profile.Path}",
                "about:blank",
            ]
        )
        {
            RedirectStandardError = true,
        };
        browser._process = Process.Start(start)!;
        var address = await browser.ReadAddressAsync();
        await browser._socket.ConnectAsync(address, CancellationToken.None);
        browser._reading = browser.ReadAsync();
        return browser;
    }

    /// <summary>Opens a page in a separate browser context, like the browser of another user.</summary>
    public async Task<BrowserPage> OpenAsync(Uri address, int width, int height)
    {
        var context = await SendAsync("Target.createBrowserContext", new { });
        var target = await SendAsync(
            "Target.createTarget",
            new
            {
                url = address.ToString(),
                browserContextId = context.GetProperty("browserContextId").GetString(),
                width,
                height,
            }
        );
        var session = await SendAsync(
            "Target.attachToTarget",
            new { targetId = target.GetProperty("targetId").GetString(), flatten = true }
        );
        return new BrowserPage(this, session.GetProperty("sessionId").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _readingErrors;
        _process.Dispose();
        _socket.Dispose();
        _writing.Dispose();
        _profile.Dispose();
    }

    internal async Task<JsonElement> SendAsync<T>(string method, T parameters, string? sessionId = null)
    {
        var id = Interlocked.Increment(ref _lastId);
        var pending = _pending[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = JsonSerializer.SerializeToUtf8Bytes(
            sessionId is null
                ? new
                {
                    id,
                    method,
                    @params = parameters,
                }
                : (object)
                    new
                    {
                        id,
                        method,
                        @params = parameters,
                        sessionId,
                    }
        );
        await _writing.WaitAsync();
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _writing.Release();
        }
        return await pending.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private async Task<Uri> ReadAddressAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _process.StandardError.ReadLineAsync(timeout.Token) is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match)
                continue;
            // Keep reading, or the process would block when the pipe is full.
            _readingErrors = _process.StandardError.ReadToEndAsync(CancellationToken.None);
            return new Uri(match.Groups["address"].Value);
        }
        throw new InvalidOperationException("Chromium exited before it printed its DevTools address.");
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1024 * 1024];
        using var message = new MemoryStream();
        while (_socket.State == WebSocketState.Open)
        {
            var part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
            await message.WriteAsync(buffer.AsMemory(0, part.Count));
            if (!part.EndOfMessage)
                continue;
            var json = JsonSerializer.Deserialize<JsonElement>(message.ToArray());
            message.SetLength(0);
            if (!json.TryGetProperty("id", out var id) || !_pending.TryRemove(id.GetInt32(), out var pending))
                continue;
            if (json.TryGetProperty("error", out var error))
                pending.TrySetException(new InvalidOperationException(error.GetRawText()));
            else
                pending.TrySetResult(json.GetProperty("result"));
        }
    }

    [GeneratedRegex(@"DevTools listening on (?<address>ws://\S+)")]
    private static partial Regex Listening();
}

/// <summary>An open page.</summary>
public sealed class BrowserPage(Browser browser, string session)
{
    /// <summary>Evaluates an expression, awaits a promise, and returns the value as JSON.</summary>
    /// <exception cref="InvalidOperationException">The expression threw an error.</exception>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        var response = await browser.SendAsync(
            "Runtime.evaluate",
            new
            {
                expression,
                awaitPromise = true,
                returnByValue = true,
            },
            session
        );
        if (response.TryGetProperty("exceptionDetails", out var details))
            throw new InvalidOperationException(details.GetRawText());
        return response.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    /// <summary>Waits until an expression is true. <paramref name="what"/> describes it in the exception.</summary>
    public Task WaitUntilAsync(string expression, string what) =>
        Eventually.WaitUntilAsync(
            async () =>
            {
                try
                {
                    return (await EvaluateAsync(expression)).ValueKind == JsonValueKind.True;
                }
                catch (InvalidOperationException)
                {
                    // The page is not loaded yet.
                    return false;
                }
            },
            what,
            60
        );

    /// <summary>Types into a field, with the resulting input events.</summary>
    public async Task FillAsync(string id, string text)
    {
        await EvaluateAsync($"document.getElementById('{id}').focus()");
        await browser.SendAsync("Input.insertText", new { text }, session);
    }

    /// <summary>Presses Enter in the focused field.</summary>
    public async Task PressEnterAsync()
    {
        foreach (var type in new[] { "keyDown", "keyUp" })
        {
            await browser.SendAsync(
                "Input.dispatchKeyEvent",
                new
                {
                    type,
                    key = "Enter",
                    code = "Enter",
                    windowsVirtualKeyCode = 13,
                    text = type == "keyDown" ? "\r" : "",
                },
                session
            );
        }
    }

    /// <summary>Saves a screenshot as a PNG file below <c>artifacts/</c>, for manual inspection.</summary>
    public async Task SaveScreenshotAsync(string name)
    {
        var shot = await browser.SendAsync("Page.captureScreenshot", new { format = "png" }, session);
        var folder = Directory.CreateDirectory(Processes.Repository.File("artifacts"));
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, name + ".png"), shot.GetProperty("data").GetBytesFromBase64());
    }
}
