using System.Net;
using System.Net.Sockets;

namespace EmbeddedMongo.Wire;

/// <summary>The listening sockets of a server.</summary>
internal static class Listeners
{
    private const int PortAttempts = 5;
    private const int Backlog = 1024;

    /// <summary>
    /// Listens on the bind address, and for 127.0.0.1 also on ::1 at the same port if the system has IPv6, because clients may resolve
    /// <c>localhost</c> to either.
    /// </summary>
    /// <exception cref="EmbeddedMongoException">The address needs a user, or the address or port cannot be used.</exception>
    public static IReadOnlyList<Socket> Open(EmbeddedMongoOptions options)
    {
        if (options.User is null && !IPAddress.IsLoopback(options.BindAddress))
        {
            throw new EmbeddedMongoException(
                $"Other machines can connect to the bind address {options.BindAddress}, so the server must require authentication. "
                    + $"Set {nameof(EmbeddedMongoOptions.User)}, or use a loopback address."
            );
        }

        for (var attempt = 1; ; attempt++)
        {
            var listener = Listen(options.BindAddress, options.Port);
            if (!options.BindAddress.Equals(IPAddress.Loopback))
                return [listener];

            try
            {
                return [listener, Listen(IPAddress.IPv6Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port)];
            }
            catch (EmbeddedMongoException error) when (IsMissing(error))
            {
                return [listener];
            }
            catch (EmbeddedMongoException)
            {
                listener.Dispose();

                // Another process uses the free port on ::1.
                if (options.Port != 0 || attempt == PortAttempts)
                    throw;
            }
        }
    }

    /// <summary>Returns the host for connections from this machine, in the form of a URL.</summary>
    public static string GetHost(IPAddress address) =>
        address.Equals(IPAddress.Any) ? "127.0.0.1"
        : address.Equals(IPAddress.IPv6Any) ? "[::1]"
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]"
        : address.ToString();

    private static Socket Listen(IPAddress address, int port)
    {
        Socket? listener = null;
        try
        {
            listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Equals(IPAddress.IPv6Any))
                listener.DualMode = true;

            listener.Bind(new IPEndPoint(address, port));
            listener.Listen(Backlog);
            return listener;
        }
        catch (SocketException error)
        {
            listener?.Dispose();
            throw new EmbeddedMongoException(
                $"Port {port} on {address} cannot be used ({error.SocketErrorCode}). Choose another port, or 0 for any free port.",
                error
            );
        }
    }

    /// <summary>Whether the system has no IPv6, or none on the loopback interface.</summary>
    private static bool IsMissing(EmbeddedMongoException error) =>
        error.InnerException
            is SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported };
}
