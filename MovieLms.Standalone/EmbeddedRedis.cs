using System.Net;
using System.Net.Sockets;
using Garnet;
using Garnet.common;
using Garnet.server;
using Garnet.server.Auth.Settings;
using Tsavorite.core;

namespace MovieLms.Standalone;

/// <summary>
/// Garnet running inside the process, on loopback and with a password.
/// </summary>
/// <remarks>
/// The password is required because any web page in a browser on this machine can reach the port, and Garnet executes commands in the
/// body of an HTTP request. All data may be lost by design, so there is no append-only file. The storage tier on disk is enabled because
/// without it Garnet silently drops the oldest keys when its memory is full.
/// </remarks>
public sealed class EmbeddedRedis : IDisposable
{
    private const int PortAttempts = 5;
    private readonly GarnetServer _server;

    private EmbeddedRedis(GarnetServer server, int port, string password) => (_server, Port, Password) = (server, port, password);

    /// <summary>The port that the server listens on.</summary>
    public int Port { get; }

    /// <summary>The password that every connection needs.</summary>
    public string Password { get; }

    /// <summary>The value for <c>ConnectionStrings:redis</c>, including the password.</summary>
    public string ConnectionString => $"127.0.0.1:{Port},password={Password}";

    /// <summary>
    /// Starts the server with its storage tier in <paramref name="directory"/>, whose subfolders are deleted first. Port 0 means any free
    /// port. Values beyond <paramref name="megabytes"/> are moved to disk.
    /// </summary>
    /// <exception cref="StandaloneException">The port is in use.</exception>
    public static EmbeddedRedis Start(int port, string directory, string password, int megabytes)
    {
        foreach (var leftover in Directory.EnumerateDirectories(directory))
            Directory.Delete(leftover, recursive: true);
        for (var attempt = 1; ; attempt++)
        {
            var actual = port == 0 ? GetFreePort() : port;
            var server = new GarnetServer(CreateOptions(actual, directory, password, megabytes));
            try
            {
                server.Start();
                return new EmbeddedRedis(server, actual, password);
            }
            catch (GarnetException e) when (e.InnerException is SocketException)
            {
                server.Dispose();
                // Another process has bound the free port in the meantime: try another one.
                if (port == 0 && attempt < PortAttempts)
                    continue;
                throw new StandaloneException(
                    $"Port {actual} for the embedded Redis is already in use; choose another with --redis-port PORT.",
                    e
                );
            }
        }
    }

    /// <summary>Stops the server.</summary>
    public void Dispose() => _server.Dispose();

    /// <summary>Creates the options in code: parsing Garnet's command line takes several times as long as starting the server.</summary>
    private static GarnetServerOptions CreateOptions(int port, string directory, string password, int megabytes) =>
        new()
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
            AuthSettings = new PasswordAuthenticationSettings(password),
            QuietMode = true,
            LogMemorySize = $"{megabytes}m",
            PageSize = "1m",
            SegmentSize = "64m",
            // The index of the keys grows when it fills up.
            IndexMemorySize = "1m",
            IndexMaxMemorySize = "8m",
            NetworkBufferPoolSize = "64m",
            NetworkBufferMemoryBudget = "1g",
            EnableStorageTier = true,
            LogDir = directory,
            CheckpointDir = directory,
            DeviceType = DeviceType.RandomAccess,
            DeviceFactoryCreator = new LocalStorageNamedDeviceFactoryCreator(deviceType: DeviceType.RandomAccess),
            EnableLua = true,
            LuaOptions = new LuaOptions(LuaMemoryManagementMode.Native, "", Timeout.InfiniteTimeSpan, LuaLoggingMode.Enable, []),
        };

    private static int GetFreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
