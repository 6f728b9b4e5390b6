using Microsoft.Net.Http.Headers;

namespace MovieLms.ApiService.Http;

/// <summary>Files that browsers show in place of downloading them, which are only files that the API itself creates.</summary>
internal static class InlineFiles
{
    /// <summary>Names the file that the response contains. A link with the attribute <c>download</c> still downloads it.</summary>
    internal static void ShowInline(this HttpResponse response, string fileName)
    {
        var disposition = new ContentDispositionHeaderValue("inline");
        disposition.SetHttpFileName(fileName);
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.XContentTypeOptions = "nosniff";
    }
}
