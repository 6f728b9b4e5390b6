using System.Net;
using MovieLms.Web.Layout;
using MovieLms.Web.Session;

namespace MovieLms.Web.Administration;

/// <summary>
/// Downloads lists of the API as CSV. The API chooses the format by the header <c>Accept</c>, which a link cannot set.
/// </summary>
internal static class ListDownload
{
    /// <summary>The lists, and the query that includes everybody's items.</summary>
    private static readonly Dictionary<string, (string Path, string Query)> Lists = new()
    {
        ["users"] = ("/api/users", ""),
        ["audit"] = ("/api/audit", ""),
        ["imports"] = ("/api/imports", "all=true"),
        ["mail"] = ("/api/outbox", ""),
    };

    internal static async Task<IResult> GetAsync(string list, HttpContext http, ConsoleApi console)
    {
        if (!Lists.TryGetValue(list, out var found))
            return TypedResults.NotFound();
        var query = string.Join(
            '&',
            new[] { found.Query, http.Request.QueryString.ToString().TrimStart('?') }.Where(part => part.Length > 0)
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, query.Length == 0 ? found.Path : $"{found.Path}?{query}");
        request.Headers.Add("Accept", "text/csv");
        return await ForwardAsync(request, http, console);
    }

    /// <summary>Sends the API's file, or its failure.</summary>
    internal static async Task<IResult> ForwardAsync(HttpRequestMessage request, HttpContext http, ConsoleApi console)
    {
        HttpResponseMessage response;
        try
        {
            response = await console.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
        }
        catch (HttpRequestException)
        {
            return TypedResults.Problem(statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        http.Response.RegisterForDispose(response);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            return TypedResults.Redirect(SignInAddress.Create(http.Request));
        if (!response.IsSuccessStatusCode)
            return TypedResults.Problem(statusCode: (int)response.StatusCode);
        http.Response.Headers.CacheControl = "no-store";
        if (response.Content.Headers.ContentDisposition is { } disposition)
            http.Response.Headers.ContentDisposition = disposition.ToString();
        return TypedResults.Stream(
            await response.Content.ReadAsStreamAsync(http.RequestAborted),
            response.Content.Headers.ContentType?.ToString()
        );
    }
}
