using System.Net;
using System.Net.Sockets;

namespace MovieLms.Standalone;

/// <summary>
/// Looks whether the addresses can be listened on before anything is started: the web server would say it too, late and
/// with a stack trace.
/// </summary>
internal static class ListenAddress
{
    /// <exception cref="StandaloneException">An address is malformed, taken, or not this machine's.</exception>
    internal static void RequireFree(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var address = Parse(url);
            try
            {
                using var probe = new TcpListener(EndPoint(address));
                probe.Start();
            }
            catch (SocketException e)
            {
                throw new StandaloneException(
                    $"{url} cannot be listened on ({Reason(e)}); choose another address with --urls http://localhost:PORT.",
                    e
                );
            }
        }
    }

    /// <summary>Where a browser on this machine finds what listens there: a name for every interface is no name to go to.</summary>
    internal static string Reachable(string url)
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
            throw new StandaloneException($"'{url}' is not an address; --urls takes one like http://localhost:5400.", e);
        }
    }

    // "localhost" is both loopback addresses and any other name every interface, as for the web server itself.
    private static IPEndPoint EndPoint(BindingAddress address) =>
        new(
            IPAddress.TryParse(address.Host, out var ip) ? ip
                : address.Host == "localhost" ? IPAddress.Loopback
                : IPAddress.Any,
            address.Port
        );

    private static string Reason(SocketException e) =>
        e.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "the port is taken",
            SocketError.AddressNotAvailable => "the address is not one of this machine's",
            SocketError.AccessDenied => "the port needs more rights",
            var code => code.ToString(),
        };
}
