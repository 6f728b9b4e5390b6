using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using MongoDB.Bson;
using MovieLms.ApiService.Http;
using MovieLms.Data.Imports;
using MovieLms.Data.Submissions;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Submissions;

/// <summary>What a student sends: <c>{"text": …}</c>, or a form with a part <c>text</c>, a part <c>file</c>, or both.</summary>
/// <param name="Text">Null when there is none.</param>
/// <param name="File">Kept in GridFS already; null when there is none.</param>
/// <param name="Fingerprint">SHA-256 of both, to tell a retry from another request.</param>
internal sealed record SubmittedContent(string? Text, (ObjectId Id, string Name, long Size)? File, string Fingerprint)
{
    /// <summary>The longest text with each character escaped, and the rest of the object.</summary>
    private const long MaxJsonBytes = (SubmissionLimits.Text * 6) + (4 * 1024);

    /// <summary>The largest file, the longest text, and the headers of their parts.</summary>
    private const long MaxFormBytes = SubmissionLimits.File + (SubmissionLimits.Text * 4) + (64 * 1024);
    private const int MaxNameLength = 200;
    private const int MaxBoundaryLength = 70;

    /// <summary>Reads the request; a file goes to GridFS as it arrives, a piece at a time.</summary>
    /// <exception cref="InvalidInputException">The text or the file is missing, malformed or too long.</exception>
    /// <exception cref="BadHttpRequestException">The file is too large (413), or the content type is another (415).</exception>
    internal static async Task<SubmittedContent> ReadAsync(HttpRequest request, UploadStore files)
    {
        var ct = request.HttpContext.RequestAborted;
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
        if (type?.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true)
        {
            var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
            if (boundary.Length is 0 or > MaxBoundaryLength)
                throw new InvalidInputException("file", "The form has no usable boundary (RFC 2046, section 5.1.1).");
            return await ReadFormAsync(new MultipartReader(boundary, BoundedBody.Of(request, MaxFormBytes)), files, ct);
        }
        if (type?.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) != true)
            throw new BadHttpRequestException("Send application/json or multipart/form-data.", StatusCodes.Status415UnsupportedMediaType);
        var text = await TextOfJsonAsync(BoundedBody.Of(request, MaxJsonBytes), ct);
        return text is null
            ? throw new InvalidInputException("text", "There is neither a text nor a file.")
            : new SubmittedContent(text, null, Hash(text, null));
    }

    private static async Task<string?> TextOfJsonAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(body, new JsonDocumentOptions { MaxDepth = 32 }, cancellationToken);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidInputException("body", "The body must be a JSON object.");
            if (!document.RootElement.TryGetProperty("text", out var text) || text.ValueKind == JsonValueKind.Null)
                return null;
            return text.ValueKind == JsonValueKind.String
                ? Checked(text.GetString()!)
                : throw new InvalidInputException("text", "The value must be text.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException("body", "The JSON is malformed.");
        }
        catch (IOException e) when (e is not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw new InvalidInputException("body", "The body is malformed or ends too early.");
        }
    }

    private static async Task<SubmittedContent> ReadFormAsync(
        MultipartReader reader,
        UploadStore files,
        CancellationToken cancellationToken
    )
    {
        string? text = null,
            hash = null;
        (ObjectId Id, string Name, long Size)? file = null;
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } part)
            {
                if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition))
                    continue;
                var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
                if (name == "text" && text is null)
                    text = Checked(await TextAsync(part.Body, cancellationToken));
                if (name == "file" && file is null)
                    (file, hash) = await KeepAsync(files, part.Body, NameOf(disposition), cancellationToken);
            }
            if (text is null && file is null)
                throw new InvalidInputException("file", "There is neither a part 'text' nor a part 'file'.");
            return new SubmittedContent(text, file, Hash(text, hash));
        }
        catch (Exception e)
            when (e is InvalidDataException or IOException and not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            if (file is { } kept)
                await files.DeleteAsync(kept.Id, CancellationToken.None);
            throw new InvalidInputException("file", "The form is malformed or ends too early.");
        }
        catch
        {
            if (file is { } kept)
                await files.DeleteAsync(kept.Id, CancellationToken.None);
            throw;
        }
    }

    private static async Task<((ObjectId, string, long), string)> KeepAsync(
        UploadStore files,
        Stream content,
        string name,
        CancellationToken cancellationToken
    )
    {
        var (id, size, piece) = (ObjectId.GenerateNewId(), 0L, new byte[UploadStore.ChunkSize]);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // Only reading depends on the request: a write that is canceled halfway may reach the database after it was deleted again.
        await using var kept = await files.CreateAsync(id, name, CancellationToken.None);
        try
        {
            while (await content.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken) is > 0 and var length)
            {
                size += length;
                if (size > SubmissionLimits.File)
                    throw new BadHttpRequestException("A file may have 10 MB.", StatusCodes.Status413PayloadTooLarge);
                hash.AppendData(piece, 0, length);
                await kept.WriteAsync(piece.AsMemory(0, length), CancellationToken.None);
            }
            if (size == 0)
                throw new InvalidInputException("file", "The file is empty.");
            await kept.CloseAsync(CancellationToken.None);
            return ((id, name, size), Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch
        {
            await kept.AbortAsync(CancellationToken.None);
            throw;
        }
    }

    private static async Task<string> TextAsync(Stream content, CancellationToken cancellationToken)
    {
        var bytes = new byte[(SubmissionLimits.Text * 4) + 1];
        var length = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static string Checked(string text)
    {
        if (text.Length > SubmissionLimits.Text)
            throw new InvalidInputException("text", $"The text may have at most {SubmissionLimits.Text} characters.");
        if (string.IsNullOrWhiteSpace(text) || !PlainText.IsLines(text))
            throw new InvalidInputException("text", "The text must not be blank and must not hold control characters.");
        return text.Trim();
    }

    private static string Hash(string? text, string? file) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{file}\n{text}")));

    private static string NameOf(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities
            .RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName)
            .ToString();
        // Some clients send a path; only its last part means anything here. Marks that turn the reading direction disguise an extension.
        name = new string([
            .. name[(name.LastIndexOfAny(['/', '\\']) + 1)..]
                .Where(letter =>
                    !char.IsControl(letter)
                    && !char.IsSurrogate(letter)
                    && char.GetUnicodeCategory(letter) != System.Globalization.UnicodeCategory.Format
                )
                .Take(MaxNameLength),
        ]);
        return name.Length == 0 ? "upload" : name;
    }
}
