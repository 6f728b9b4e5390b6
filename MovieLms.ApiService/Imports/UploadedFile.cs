using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using MovieLms.ApiService.Http;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Imports;

/// <summary>The file in a request, not yet read: the part <c>file</c> of a form, or the body itself.</summary>
/// <param name="Content">Its bytes as they arrive.</param>
/// <param name="Name">As the client calls it.</param>
/// <param name="ContentType">As declared; empty when it is not.</param>
internal sealed record UploadedFile(Stream Content, string Name, string ContentType)
{
    /// <summary>The form's part that holds the file, and the name that problems use.</summary>
    internal const string Field = "file";

    /// <summary>The largest file, and the headers of its part.</summary>
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
    /// <returns>Null when the content type is none that a file of rows has.</returns>
    /// <exception cref="InvalidInputException">The form has no file.</exception>
    /// <exception cref="UploadRefusedException">The request declares a body that is too large, or has too much before the file.</exception>
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
            throw new InvalidInputException(Field, "The form has no usable boundary (RFC 2046, section 5.1.1).");
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
                return new UploadedFile(part.Body, NameOf(disposition), type);
            }
        }
        catch (Exception e)
            when (e is InvalidDataException or IOException and not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw new InvalidInputException(Field, "The form is malformed or ends too early.");
        }
        throw new InvalidInputException(Field, $"The form has no part named '{Field}'.");
    }

    private static string NameOf(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities
            .RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName)
            .ToString();
        // Some clients send a path; only its last part means anything here.
        name = new string([.. name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Where(letter => !char.IsControl(letter)).Take(MaxNameLength)]);
        return name.Length == 0 ? "upload" : name;
    }
}
