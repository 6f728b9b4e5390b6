using Microsoft.Net.Http.Headers;

namespace MovieLms.ApiService.Exports;

/// <summary>A format in which a list can be exported.</summary>
/// <param name="MediaType">The media type that clients send as <c>Accept</c>.</param>
/// <param name="Extension">The extension of the file's name.</param>
internal sealed record ExportFormat(string MediaType, string Extension)
{
    private const string Json = "application/json";

    /// <summary>Comma-separated values (RFC 4180).</summary>
    internal static ExportFormat Csv { get; } = new("text/csv", "csv");

    /// <summary>One JSON value per line.</summary>
    internal static ExportFormat Ndjson { get; } = new("application/x-ndjson", "ndjson");

    internal static IReadOnlyList<ExportFormat> All { get; } = [Csv, Ndjson];

    /// <summary>
    /// Returns the format that a request asks for; null for a page of the list as JSON. A wildcard means JSON, and so does a format that
    /// the client likes no better than JSON.
    /// </summary>
    internal static ExportFormat? Of(HttpRequest request)
    {
        if (request.Headers.Accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
            return null;
        var json = Quality(Json);
        return All.Select(format => (Format: format, Quality: Quality(format.MediaType)))
            .Where(candidate => candidate.Quality > json)
            .OrderByDescending(candidate => candidate.Quality)
            .FirstOrDefault()
            .Format;

        double Quality(string mediaType) =>
            accepted
                .Where(type => type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
                .Select(type => type.Quality ?? 1)
                .DefaultIfEmpty(0)
                .Max();
    }
}
