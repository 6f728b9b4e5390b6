using Microsoft.AspNetCore.Http;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>Hears of requests that a signed-in user had no permission for; a host without one hears of none.</summary>
public interface IAccessDenials
{
    /// <summary>Notes a denial.</summary>
    Task RecordAsync(HttpContext http);
}
