using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MovieLms.Testing.Processes;

/// <summary>A program of the product, or one that the tests need, as a process with captured output.</summary>
public sealed class DotnetProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private DotnetProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The standard output and standard error so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The resident memory in bytes, as reported by the operating system.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The resident memory in bytes that no file backs and the system therefore cannot drop (Linux).</summary>
    public long AnonymousBytes =>
        File.ReadLines($"/proc/{_process.Id}/status")
            .Where(line => line.StartsWith("RssAnon:", StringComparison.Ordinal) || line.StartsWith("RssShmem:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024);

    /// <summary>The processor time of all threads since the start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a project of the solution from its build output, in the configuration of the running test.</summary>
    public static DotnetProcess Start(
        string project,
        IReadOnlyDictionary<string, string?>? environment = null,
        params string[] arguments
    ) => StartProject(Repository.Program(project), environment, arguments);

    /// <summary>Starts a built program.</summary>
    /// <param name="assembly">The path that <see cref="Repository.Program"/> returns.</param>
    /// <param name="environment">The variables to set, or to remove if the value is null.</param>
    /// <param name="arguments">The command-line arguments.</param>
    public static DotnetProcess StartProject(string assembly, IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        var start = CreateStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            [assembly, .. arguments]
        );
        // The process must not inherit the connection strings of the test run.
        foreach (
            var name in start
                .Environment.Keys.Where(name => name.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase))
                .ToArray()
        )
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        return new DotnetProcess(new Process { StartInfo = start });
    }

    /// <summary>Starts an external program by a path that <see cref="Tools.ExternalTool.Require"/> returns.</summary>
    public static DotnetProcess StartProgram(string path, params string[] arguments) =>
        new(new Process { StartInfo = CreateStartInfo(path, arguments) });

    /// <summary>Waits until <paramref name="read"/> returns a value for the output, and returns it.</summary>
    /// <exception cref="InvalidOperationException">The process exited, or the time elapsed. The message contains the output.</exception>
    public async Task<T> WaitForOutputAsync<T>(Func<string, T?> read, double seconds = 60)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (read(Output) is { } found)
                return found;
            if (_process.HasExited)
                throw new InvalidOperationException($"The process exited with code {_process.ExitCode}:\n{Output}");
            if (watch.Elapsed.TotalSeconds > seconds)
                throw new InvalidOperationException($"No match within {seconds} s. Output so far:\n{Output}");
            await Task.Delay(20);
        }
    }

    /// <summary>Sends SIGKILL: no handler runs, and no buffer is flushed.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends SIGTERM and returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Send(15);
        return await WaitForExitAsync();
    }

    /// <summary>Sends SIGSTOP: connections stay open, but the process does not respond.</summary>
    public void Suspend() => Send(19);

    /// <summary>Sends SIGCONT: the process continues.</summary>
    public void Resume() => Send(18);

    /// <summary>Waits until the process exits by itself, and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(double seconds = 60)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static ProcessStartInfo CreateStartInfo(string path, string[] arguments) =>
        new(path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };

    private void Send(int signal)
    {
        if (kill(_process.Id, signal) != 0)
            throw new InvalidOperationException($"Signal {signal} could not be sent to process {_process.Id}.");
    }

    [DllImport("libc")]
#pragma warning disable SYSLIB1054, IDE1006 // The name and convention of the C library.
    private static extern int kill(int pid, int signal);
#pragma warning restore SYSLIB1054, IDE1006

    private void Append(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
    }
}
