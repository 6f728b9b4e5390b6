using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MovieLms.Testing.Processes;

/// <summary>
/// One of the product's programs, or one it needs, as a process of its own: its output, its end, and its death by signal.
/// </summary>
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

    /// <summary>Everything printed so far, both streams.</summary>
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

    /// <summary>Resident memory in bytes, as the system counts it.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts a project of the solution from its own build output, in this build's configuration.</summary>
    public static DotnetProcess Start(
        string project,
        IReadOnlyDictionary<string, string?>? environment = null,
        params string[] arguments
    ) => StartProject(Repository.Program(project), environment, arguments);

    /// <summary>Starts a built program.</summary>
    /// <param name="assembly">As <see cref="Repository.Program"/> returns it.</param>
    /// <param name="environment">Variables to set or, with null, to remove.</param>
    /// <param name="arguments">Its arguments.</param>
    public static DotnetProcess StartProject(string assembly, IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        var start = Program(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            [assembly, .. arguments]
        );
        // A process must not inherit the settings that point this test run's own hosts somewhere.
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

    /// <summary>Starts a program of the machine.</summary>
    /// <param name="path">As <see cref="Tools.ExternalTool.Require"/> gives it.</param>
    /// <param name="arguments">Its arguments.</param>
    public static DotnetProcess StartProgram(string path, params string[] arguments) =>
        new(new Process { StartInfo = Program(path, arguments) });

    /// <summary>Waits until the output matches, and returns what <paramref name="read"/> finds in it.</summary>
    /// <exception cref="InvalidOperationException">The process ended, or 60 s passed; the message holds its output.</exception>
    public async Task<T> WaitForOutputAsync<T>(Func<string, T?> read, double seconds = 60)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (read(Output) is { } found)
                return found;
            if (_process.HasExited)
                throw new InvalidOperationException($"The process ended with {_process.ExitCode}:\n{Output}");
            if (watch.Elapsed.TotalSeconds > seconds)
                throw new InvalidOperationException($"Not within {seconds} s; the output so far:\n{Output}");
            await Task.Delay(20);
        }
    }

    /// <summary>SIGKILL: no handler runs, no buffer is flushed.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Send(15);
        return await WaitForExitAsync();
    }

    /// <summary>SIGSTOP: it keeps its connections and answers nobody.</summary>
    public void Suspend() => Send(19);

    /// <summary>SIGCONT: it goes on where it was.</summary>
    public void Resume() => Send(18);

    /// <summary>The exit code, once it ends by itself.</summary>
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

    private static ProcessStartInfo Program(string path, string[] arguments) =>
        new(path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };

    private void Send(int signal)
    {
        if (kill(_process.Id, signal) != 0)
            throw new InvalidOperationException("The signal could not be sent.");
    }

    [DllImport("libc")]
#pragma warning disable SYSLIB1054, IDE1006 // The C library's own name and convention.
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
