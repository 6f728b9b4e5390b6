using MovieLms.Web.Access;

namespace MovieLms.Web.Administration;

/// <summary>The names of the services for people.</summary>
internal static class ServiceNames
{
    internal static string Of(string service) =>
        service switch
        {
            "apiservice" => "API",
            "worker" => "Worker",
            "realtime" => "Realtime",
            _ => service,
        };

    /// <summary>This process is the gateway, or everything.</summary>
    internal static string OfThisProcess(OtherProcesses others) => others.Services.Count == 0 ? "MovieLms" : "Gateway and console";
}
