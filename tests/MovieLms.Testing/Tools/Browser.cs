using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MovieLms.Testing.Tools;

/// <summary>Chromium without a window, driven by its own DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).</summary>
public sealed partial class Browser : IAsyncDisposable
{
    private readonly TemporaryFolder _profile = new();
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly SemaphoreSlim _writing = new(1);
    private Process _process = null!;
    private Task _reading = Task.CompletedTask;
    private Task _saying = Task.CompletedTask;
    private int _last;

    private Browser() { }

    /// <summary>Starts it; without Chromium the test is skipped.</summary>
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
        var address = await browser.AddressAsync();
        await browser._socket.ConnectAsync(address, CancellationToken.None);
        browser._reading = browser.ReadAsync();
        return browser;
    }

    /// <summary>Opens a page in a profile of its own, as another person's browser would.</summary>
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
        await _saying;
        _process.Dispose();
        _socket.Dispose();
        _writing.Dispose();
        _profile.Dispose();
    }

    internal async Task<JsonElement> SendAsync<T>(string method, T parameters, string? sessionId = null)
    {
        var id = Interlocked.Increment(ref _last);
        var asked = _asked[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
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
        return await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private async Task<Uri> AddressAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _process.StandardError.ReadLineAsync(timeout.Token) is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match)
                continue;
            // What it says from here on is read too, or it would wait for somebody who does.
            _saying = _process.StandardError.ReadToEndAsync(CancellationToken.None);
            return new Uri(match.Groups["address"].Value);
        }
        throw new InvalidOperationException("Chromium ended before it said where it listens.");
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
            if (!json.TryGetProperty("id", out var id) || !_asked.TryRemove(id.GetInt32(), out var asked))
                continue;
            if (json.TryGetProperty("error", out var error))
                asked.TrySetException(new InvalidOperationException(error.GetRawText()));
            else
                asked.TrySetResult(json.GetProperty("result"));
        }
    }

    [GeneratedRegex(@"DevTools listening on (?<address>ws://\S+)")]
    private static partial Regex Listening();
}

/// <summary>One open page.</summary>
public sealed class BrowserPage(Browser browser, string session)
{
    /// <summary>Evaluates an expression, awaits a promise, and gives the value as JSON.</summary>
    /// <exception cref="InvalidOperationException">It threw.</exception>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        var answer = await browser.SendAsync(
            "Runtime.evaluate",
            new
            {
                expression,
                awaitPromise = true,
                returnByValue = true,
            },
            session
        );
        if (answer.TryGetProperty("exceptionDetails", out var details))
            throw new InvalidOperationException(details.GetRawText());
        return answer.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    /// <summary>Waits until an expression is true.</summary>
    public Task UntilAsync(string expression, string what) =>
        Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return (await EvaluateAsync(expression)).ValueKind == JsonValueKind.True;
                }
                catch (InvalidOperationException)
                {
                    // The page is not there yet.
                    return false;
                }
            },
            what,
            60
        );

    /// <summary>Writes into a field as a person would, with the events that follow.</summary>
    public async Task FillAsync(string id, string text)
    {
        await EvaluateAsync($"document.getElementById('{id}').focus()");
        await browser.SendAsync("Input.insertText", new { text }, session);
    }

    /// <summary>Presses a key in the focused field.</summary>
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

    /// <summary>Saves what is seen as a PNG file below <c>artifacts/</c>, for people to look at.</summary>
    public async Task SaveAsync(string name)
    {
        var shot = await browser.SendAsync("Page.captureScreenshot", new { format = "png" }, session);
        var folder = Directory.CreateDirectory(Processes.Repository.File("artifacts"));
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, name + ".png"), shot.GetProperty("data").GetBytesFromBase64());
    }
}
