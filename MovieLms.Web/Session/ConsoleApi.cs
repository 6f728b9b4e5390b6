using MovieLms.Client;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Web.Access;

namespace MovieLms.Web.Session;

/// <summary>
/// The API as the visitor of a page may use it: requests have the visitor's access token and address. They are sent once, so that a page
/// shows a failure at once.
/// </summary>
public sealed class ConsoleApi(IHttpClientFactory clients, IHttpContextAccessor visitor) : IDisposable
{
    /// <summary>The name of the HTTP client. Its base address is the API's.</summary>
    public const string ClientName = ServiceClients.Api;

    private readonly Lazy<HttpClient> _http = new(() => CreateClient(clients, visitor, ClientName));
    private MovieLmsApi? _api;

    /// <summary>All operations of the API. Failures throw <see cref="ApiException"/>.</summary>
    public MovieLmsApi Api => _api ??= new MovieLmsApi(_http.Value);

    /// <summary>Sends requests that <see cref="Api"/> has no method for. Addresses are relative to the API's.</summary>
    public HttpClient Http => _http.Value;

    /// <summary>Canceled when the visitor leaves.</summary>
    public CancellationToken Left => visitor.HttpContext?.RequestAborted ?? CancellationToken.None;

    /// <summary>
    /// Creates a client with the visitor's access token for another service. Its addresses are relative to the service's.
    /// </summary>
    public HttpClient CreateClient(string service) => CreateClient(clients, visitor, ServiceClients.Of(service));

    public void Dispose()
    {
        if (_http.IsValueCreated)
            _http.Value.Dispose();
    }

    private static HttpClient CreateClient(IHttpClientFactory clients, IHttpContextAccessor visitor, string name)
    {
        var client = clients.CreateClient(name);
        if (visitor.HttpContext is not { } http)
            return client;
        // The API applies its rate limits to the visitor, not to this server.
        ClientHeaders.Add(http, client.DefaultRequestHeaders);
        // Names the device of a session.
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", http.Request.Headers.UserAgent.ToString());
        if ((BearerToken.Read(http.Request) ?? http.Features.Get<IVisitorSession>()?.AccessToken) is { } token)
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }
}
