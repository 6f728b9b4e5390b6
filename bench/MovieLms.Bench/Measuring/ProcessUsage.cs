using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MovieLms.Bench.Measuring;

/// <summary>The resources that a process has used since it started.</summary>
/// <param name="Processor">The processor time of all threads.</param>
/// <param name="AllocatedBytes">The managed memory allocated in total.</param>
/// <param name="HeapBytes">The managed objects, and the gaps between them, after the last garbage collection.</param>
/// <param name="CommittedBytes">The memory of the garbage collector at the end of its last collection.</param>
internal readonly record struct ProcessUsage(TimeSpan Processor, long AllocatedBytes, long HeapBytes = 0, long CommittedBytes = 0)
{
    public static ProcessUsage operator -(ProcessUsage left, ProcessUsage right) =>
        new(left.Processor - right.Processor, left.AllocatedBytes - right.AllocatedBytes);

    /// <summary>Returns the environment variables for a process to measure.</summary>
    /// <param name="socket">The path of the Unix socket to query, at most 107 bytes.</param>
    internal static Dictionary<string, string?> Environment(string socket) =>
        new() { ["DOTNET_STARTUP_HOOKS"] = typeof(ProcessUsage).Assembly.Location, [StartupHook.SocketVariable] = socket };

    /// <summary>Reads the usage of a process that was started with <see cref="Environment"/>.</summary>
    internal static async Task<ProcessUsage> ReadAsync(string socket)
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(socket));
        await using var stream = new NetworkStream(client);
        var bytes = new byte[StartupHook.ResponseBytes];
        await stream.ReadExactlyAsync(bytes);
        var usage = MemoryMarshal.Cast<byte, long>(bytes);
        return new ProcessUsage(new TimeSpan(usage[0]), usage[1], usage[2], usage[3]);
    }
}
