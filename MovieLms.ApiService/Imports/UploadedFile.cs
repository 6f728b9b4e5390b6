using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using MovieLms.ApiService.Http;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Imports;

/// <summary>The unread file of a request: the part <c>file</c> of a form, or the body itself.</summary>
/// <param name="Content">The file's bytes as they arrive.</param>
/// <param name="Name">The file name that the client sent.</param>
/// <param name="ContentType">The declared content type; empty if there is none.</param>
internal sealed record UploadedFile(Stream Content, string Name, string ContentType)
{
    /// <summary>Name of the form part that contains the file, also used as the field name in errors.</summary>
    internal const string Field = "file";

    /// <summary>The maximum file size plus the headers of its part.</summary>
    private const long MaxBodyBytes = UploadReceiver.MaxFileBytes + (64 * 1024);
    private const int MaxNameLength = 200;
    private const int MaxBoundaryLength = 70;

    private static readonly HashSet<string> Accepted = new(StringComparer.OrdinalIgnoreCase)
    {
        "text/csv",
        "application/csv",
        "text/plain",
        "text/tab-separated-values",
        "application/vnd.ms-excel",
        "application/json",
        "text/json",
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/octet-stream",
    };

    /// <summary>Finds the file without reading it.</summary>
    /// <returns>The file; null if its content type is not supported.</returns>
    /// <exception cref="InvalidInputException">The form has no file or is malformed.</exception>
    /// <exception cref="UploadRefusedException">The declared body is too large, or too much data precedes the file.</exception>
    internal static async Task<UploadedFile?> FindAsync(HttpRequest request)
    {
        if (request.ContentLength > MaxBodyBytes)
            throw UploadRefusedException.TooLarge();
        var body = new BoundedBody(request.Body, MaxBodyBytes, () => UploadRefusedException.TooLarge());
        if (request.ContentType is not { Length: > 0 } declared)
            return new UploadedFile(body, "upload", string.Empty);
        if (!MediaTypeHeaderValue.TryParse(declared, out var type))
            return null;
        if (!type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return Accepted.Contains(type.MediaType.ToString()) ? new UploadedFile(body, "upload", type.MediaType.ToString()) : null;

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > MaxBoundaryLength)
            throw new InvalidInputException(Field, "The form's boundary is missing or invalid (RFC 2046, section 5.1.1).");
        return await FindPartAsync(new MultipartReader(boundary, body), request.HttpContext.RequestAborted);
    }

    private static async Task<UploadedFile?> FindPartAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } part)
            {
                if (
                    !ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)
                    || HeaderUtilities.RemoveQuotes(disposition.Name) != Field
                )
                {
                    continue;
                }

                var type = MediaTypeHeaderValue.TryParse(part.ContentType, out var parsed) ? parsed.MediaType.ToString() : string.Empty;
                if (type.Length > 0 && !Accepted.Contains(type))
                    return null;
                return new UploadedFile(part.Body, GetFileName(disposition), type);
            }
        }
        catch (Exception e)
            when (e is InvalidDataException or IOException and not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw new InvalidInputException(Field, "The form is malformed or incomplete.");
        }
        throw new InvalidInputException(Field, $"The form has no part named '{Field}'.");
    }

    private static string GetFileName(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities
            .RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName)
            .ToString();
        // Some clients send a full path; keep only the file name.
        name = new string([.. name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Where(letter => !char.IsControl(letter)).Take(MaxNameLength)]);
        return name.Length == 0 ? "upload" : name;
    }
}
