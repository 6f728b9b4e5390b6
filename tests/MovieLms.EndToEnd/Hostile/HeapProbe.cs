using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>
/// Forces a garbage collection in another .NET process as dotnet-gcdump does, by opening an event session with the keyword GCHeapCollect
/// (https://github.com/dotnet/diagnostics/blob/main/documentation/design-docs/ipc-protocol.md).
/// </summary>
internal static class HeapProbe
{
    private const long GcHeapCollect = 0x800000;

    internal static async Task CollectAsync(int processId)
    {
        // A killed process leaves its socket behind, and its ID may be reused.
        var address = new DirectoryInfo(Path.GetTempPath())
            .GetFiles($"dotnet-diagnostic-{processId}-*-socket")
            .MaxBy(socket => socket.LastWriteTimeUtc)!
            .FullName;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(address));
        await socket.SendAsync(Request());
        // Events arrive until the session is closed. The collection completes long before that.
        var buffer = new byte[64 * 1024];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        try
        {
            while (await socket.ReceiveAsync(buffer, limit.Token) > 0)
                continue;
        }
        catch (OperationCanceledException)
        {
            // The time limit ends the session.
        }
    }

    private static byte[] Request()
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload);
        writer.Write(1); // buffer size in MB
        writer.Write(1); // nettrace format
        writer.Write(false); // no rundown
        writer.Write(1); // one provider
        writer.Write(GcHeapCollect);
        writer.Write(4); // informational
        WriteText(writer, "Microsoft-Windows-DotNETRuntime");
        WriteText(writer, "");
        var body = payload.ToArray();
        var message = new byte[20 + body.Length];
        Encoding.ASCII.GetBytes("DOTNET_IPC_V1\0").CopyTo(message, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        (message[16], message[17]) = (2, 3); // EventPipe, CollectTracing2
        body.CopyTo(message, 20);
        return message;
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write(text.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(text + '\0'));
    }
}
