using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Garnet;
using Garnet.common;

namespace MovieLms.Standalone;

/// <summary>
/// Garnet inside the process, on loopback and with a password: any web page in a browser on this machine can reach the port, and Garnet
/// executes commands that it finds in the body of an HTTP request. What it holds may be lost by design, so it keeps no append-only file;
/// but
/// it spills to disk, since without a storage tier it silently drops the oldest keys once its memory is full.
/// </summary>
public sealed class EmbeddedRedis : IDisposable
{
    private const int PortAttempts = 5;
    private readonly GarnetServer _server;

    private EmbeddedRedis(GarnetServer server, int port, string password) => (_server, Port, Password) = (server, port, password);

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>The password of every connection.</summary>
    public string Password { get; }

    /// <summary>For <c>ConnectionStrings:redis</c>. It contains the password.</summary>
    public string ConnectionString => $"127.0.0.1:{Port},password={Password}";

    /// <summary>Starts it with its spill files in <paramref name="directory"/>, which is emptied first.</summary>
    /// <param name="password">See <see cref="RedisPassword"/>.</param>
    /// <exception cref="StandaloneException">The port is taken.</exception>
    public static EmbeddedRedis Start(int port, string directory, string password)
    {
        foreach (var left in Directory.EnumerateDirectories(directory))
            Directory.Delete(left, recursive: true);
        for (var attempt = 1; ; attempt++)
        {
            var actual = port == 0 ? FreePort() : port;
            var server = new GarnetServer(Arguments(actual, directory, password));
            try
            {
                server.Start();
                return new EmbeddedRedis(server, actual, password);
            }
            catch (GarnetException e) when (e.InnerException is SocketException)
            {
                server.Dispose();
                // Somebody took the free port between the look and the bind: look again.
                if (port == 0 && attempt < PortAttempts)
                    continue;
                throw new StandaloneException($"Port {actual} for the embedded Redis is taken; choose another with --redis-port PORT.", e);
            }
        }
    }

    /// <summary>Stops it.</summary>
    public void Dispose() => _server.Dispose();

    private static string[] Arguments(int port, string directory, string password) =>
        [
            "--port",
            port.ToString(CultureInfo.InvariantCulture),
            "--bind",
            "127.0.0.1",
            "-q",
            "--auth",
            "Password",
            "--password",
            password,
            "--memory",
            "32m",
            "--page",
            "1m",
            "--segment",
            "64m",
            "--index",
            "8m",
            "--storage-tier",
            "true",
            "--logdir",
            directory,
            "--device-type",
            "RandomAccess",
            "--lua",
            "true",
        ];

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
