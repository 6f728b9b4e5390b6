using System.Net;
using System.Net.Sockets;

namespace MovieLms.Standalone;

/// <summary>
/// Checks the listen addresses before anything starts. The web server would report the same errors later and with a stack trace.
/// </summary>
internal static class ListenAddress
{
    /// <summary>Checks that the process can listen on each of the addresses.</summary>
    /// <exception cref="StandaloneException">An address is malformed, in use or does not belong to this machine.</exception>
    internal static void RequireFree(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var address = Parse(url);
            try
            {
                using var probe = new TcpListener(GetEndPoint(address));
                probe.Start();
            }
            catch (SocketException e)
            {
                throw new StandaloneException(
                    $"Cannot listen on {url} ({GetReason(e)}); choose another address with --urls http://localhost:PORT.",
                    e
                );
            }
        }
    }

    /// <summary>Returns the address for a browser on this machine. Wildcard hosts become localhost.</summary>
    internal static string GetReachableUrl(string url)
    {
        var address = Parse(url);
        var host = IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)
            ? ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)
                ? "localhost"
                : address.Host
            : address.Host is "*" or "+"
                ? "localhost"
                : address.Host;
        return $"{address.Scheme}://{host}:{address.Port}";
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException e)
        {
            throw new StandaloneException($"'{url}' is not a valid address; --urls expects an address such as http://localhost:5400.", e);
        }
    }

    // As in the web server, "localhost" means loopback, and any other name means all interfaces.
    private static IPEndPoint GetEndPoint(BindingAddress address) =>
        new(
            IPAddress.TryParse(address.Host, out var ip) ? ip
                : address.Host == "localhost" ? IPAddress.Loopback
                : IPAddress.Any,
            address.Port
        );

    private static string GetReason(SocketException e) =>
        e.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "the port is already in use",
            SocketError.AddressNotAvailable => "the address does not belong to this machine",
            SocketError.AccessDenied => "permission denied",
            var code => code.ToString(),
        };
}
