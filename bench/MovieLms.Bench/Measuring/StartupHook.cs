using System.Net.Sockets;
using System.Runtime.InteropServices;

/// <summary>
/// Runs inside a measured process before its own code through <c>DOTNET_STARTUP_HOOKS</c>
/// (https://github.com/dotnet/runtime/blob/main/docs/design/features/host-startup-hook.md). Responds to each connection to a Unix socket
/// with the processor time of the process, its allocated bytes, and the size of its managed heap.
/// </summary>
#pragma warning disable CA1050 // The runtime looks for this type name in the global namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    internal const string SocketVariable = "BENCH_USAGE_SOCKET";
    internal const int ResponseBytes = 4 * sizeof(long);

    /// <summary>Called by the runtime.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(SocketVariable) is not { Length: > 0 } path)
            return;
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        new Thread(() => Serve(listener)) { IsBackground = true, Name = "Process usage" }.Start();
    }

    private static void Serve(Socket listener)
    {
        while (true)
        {
            using var client = listener.Accept();
            ReadOnlySpan<long> usage =
            [
                Environment.CpuUsage.TotalTime.Ticks,
                GC.GetTotalAllocatedBytes(precise: true),
                GC.GetGCMemoryInfo().HeapSizeBytes,
                GC.GetGCMemoryInfo().TotalCommittedBytes,
            ];
            client.Send(MemoryMarshal.AsBytes(usage));
        }
    }
}
