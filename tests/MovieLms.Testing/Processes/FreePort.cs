using System.Net;
using System.Net.Sockets;

namespace MovieLms.Testing.Processes;

/// <summary>Ports for programs that cannot take 0 and say what they got.</summary>
public static class FreePort
{
    /// <summary>A port on the loopback address that nobody listens on now.</summary>
    public static int Take()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
