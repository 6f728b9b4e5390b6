using MovieLms.Web.Session;

namespace MovieLms.Web.Administration;

/// <summary>Serves the report of an import so that a page of this origin may show it in a frame. The API lets no page frame it.</summary>
internal static class ReportDocument
{
    internal static async Task<IResult> GetAsync(string id, HttpContext http, ConsoleApi console)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/imports/{Uri.EscapeDataString(id)}/report.pdf");
        var result = await ListDownload.ForwardAsync(request, http, console);
        var headers = http.Response.Headers;
        headers.ContentDisposition = headers.ContentDisposition.ToString().Replace("attachment", "inline", StringComparison.Ordinal);
        headers.ContentSecurityPolicy = "frame-ancestors 'self'";
        headers.XFrameOptions = "SAMEORIGIN";
        return result;
    }
}
