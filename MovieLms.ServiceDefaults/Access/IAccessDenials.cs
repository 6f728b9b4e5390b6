using Microsoft.AspNetCore.Http;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>Records requests that were denied because the signed-in user lacks a permission. Optional in a host.</summary>
public interface IAccessDenials
{
    /// <summary>Records a denied request.</summary>
    Task RecordAsync(HttpContext http);
}
