using System.Net;
using System.Net.Sockets;

namespace MovieLms.Testing.Processes;

/// <summary>Finds free ports for programs that cannot bind to port 0 and report the result.</summary>
public static class FreePort
{
    /// <summary>Returns a currently unused port of the loopback address.</summary>
    public static int Find()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
