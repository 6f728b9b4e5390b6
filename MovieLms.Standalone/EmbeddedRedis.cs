using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Garnet;
using Garnet.common;

namespace MovieLms.Standalone;

/// <summary>
/// Garnet inside the process, on loopback. What it holds may be lost by design, so it keeps no append-only file; but it
/// spills to disk, since without a storage tier it silently drops the oldest keys once its memory is full.
/// </summary>
public sealed class EmbeddedRedis : IDisposable
{
    private const int PortAttempts = 5;
    private readonly GarnetServer _server;

    private EmbeddedRedis(GarnetServer server, int port) => (_server, Port) = (server, port);

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>For <c>ConnectionStrings:redis</c>.</summary>
    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Starts it with its spill files in <paramref name="directory"/>, which is emptied first.</summary>
    /// <exception cref="StandaloneException">The port is taken.</exception>
    public static EmbeddedRedis Start(int port, string directory)
    {
        foreach (var left in Directory.EnumerateDirectories(directory)) Directory.Delete(left, recursive: true);
        for (var attempt = 1; ; attempt++)
        {
            var actual = port == 0 ? FreePort() : port;
            var server = new GarnetServer(Arguments(actual, directory));
            try
            {
                server.Start();
                return new EmbeddedRedis(server, actual);
            }
            catch (GarnetException e) when (e.InnerException is SocketException)
            {
                server.Dispose();
                // Somebody took the free port between the look and the bind: look again.
                if (port == 0 && attempt < PortAttempts) continue;
                throw new StandaloneException($"Port {actual} for the embedded Redis is taken; choose another with --redis-port PORT.", e);
            }
        }
    }

    /// <summary>Stops it.</summary>
    public void Dispose() => _server.Dispose();

    private static string[] Arguments(int port, string directory) =>
    [
        "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "-q",
        "--memory", "32m", "--page", "1m", "--segment", "64m", "--index", "8m",
        "--storage-tier", "true", "--logdir", directory, "--device-type", "RandomAccess",
        "--lua", "true",
    ];

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
