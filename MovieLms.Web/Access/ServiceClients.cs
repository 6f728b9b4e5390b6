namespace MovieLms.Web.Access;

/// <summary>
/// The HTTP clients with which pages reach the services. In Standalone, all of them reach the same process.
/// </summary>
public static class ServiceClients
{
    /// <summary>The client for the API.</summary>
    public const string Api = "console";

    /// <summary>The service with the schedule.</summary>
    public const string Worker = "worker";

    /// <summary>The names of all clients, and the services that they reach.</summary>
    public static IReadOnlyList<(string Client, string Service)> All { get; } =
    [(Api, "apiservice"), ("console-worker", Worker), ("console-realtime", "realtime")];

    /// <summary>Returns the name of the client for a service.</summary>
    public static string Of(string service) => All.Single(pair => pair.Service == service).Client;
}
