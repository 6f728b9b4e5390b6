using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using MongoDB.Bson;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Http.Strict;
using MovieLms.Data.Imports;
using MovieLms.Data.Submissions;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.ApiService.Submissions;

/// <summary>The content of a submission: <c>{"text": …}</c>, or a form with a part <c>text</c>, a part <c>file</c>, or both.</summary>
/// <param name="Text">The text; null if there is none.</param>
/// <param name="File">The file, already stored in GridFS; null if there is none.</param>
/// <param name="Fingerprint">SHA-256 of both, to distinguish a retry from a different request.</param>
internal sealed record SubmittedContent(string? Text, (ObjectId Id, string Name, long Size)? File, string Fingerprint)
{
    /// <summary>The maximum text with every character escaped, plus the rest of the object.</summary>
    private const long MaxJsonBytes = (SubmissionLimits.Text * 6) + (4 * 1024);

    /// <summary>The maximum file and text plus the headers of their parts.</summary>
    private const long MaxFormBytes = SubmissionLimits.File + (SubmissionLimits.Text * 4) + (64 * 1024);
    private const int MaxNameLength = 200;
    private const int MaxBoundaryLength = 70;
    private static readonly HashSet<string> KnownMembers =
    [
        "text",
        .. Json.Options.GetTypeInfo(typeof(SubmissionResponse)).Properties.Select(member => member.Name),
    ];

    /// <summary>Reads the request. A file is written to GridFS chunk by chunk as it arrives.</summary>
    /// <exception cref="InvalidInputException">The text or the file is missing, malformed or too long.</exception>
    /// <exception cref="BadHttpRequestException">The file is too large (413), or the content type is not supported (415).</exception>
    internal static async Task<SubmittedContent> ReadAsync(HttpRequest request, UploadStore files)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
        if (type?.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true)
        {
            var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
            if (boundary.Length is 0 or > MaxBoundaryLength)
                throw new InvalidInputException("file", "The form's boundary is missing or invalid (RFC 2046, section 5.1.1).");
            return await ReadFormAsync(new MultipartReader(boundary, BoundedBody.Of(request, MaxFormBytes)), files, cancellationToken);
        }
        if (type?.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) != true)
            throw new BadHttpRequestException("Send application/json or multipart/form-data.", StatusCodes.Status415UnsupportedMediaType);
        var text = await ReadJsonAsync(BoundedBody.Of(request, MaxJsonBytes), cancellationToken);
        return text is null
            ? throw new InvalidInputException("text", "A text or a file is required.")
            : new SubmittedContent(text, null, Hash(text, null));
    }

    private static async Task<string?> ReadJsonAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(body, new JsonDocumentOptions { MaxDepth = 32 }, cancellationToken);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidInputException("body", "The body must be a JSON object.");
            RejectUnknownMembers(document.RootElement);
            if (!document.RootElement.TryGetProperty("text", out var text) || text.ValueKind == JsonValueKind.Null)
                return null;
            return text.ValueKind == JsonValueKind.String
                ? ValidateText(text.GetString()!)
                : throw new InvalidInputException("text", "The text must be a string.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException("body", "The JSON is malformed.");
        }
        catch (IOException e) when (e is not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw new InvalidInputException("body", "The body is malformed or incomplete.");
        }
    }

    /// <summary>Members of the response are ignored, as in every request.</summary>
    private static void RejectUnknownMembers(JsonElement body)
    {
        var unknown = body.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !KnownMembers.Contains(name));
        if (unknown is not null)
            throw new InvalidInputException(NearestName.Shorten(unknown), NearestName.Describe(unknown, "member", ["text"]));
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
                    text = ValidateText(await ReadTextAsync(part.Body, cancellationToken));
                if (name == "file" && file is null)
                    (file, hash) = await StoreFileAsync(files, part.Body, GetFileName(disposition), cancellationToken);
            }
            if (text is null && file is null)
                throw new InvalidInputException("file", "The form must have a part 'text', a part 'file', or both.");
            return new SubmittedContent(text, file, Hash(text, hash));
        }
        catch (Exception e)
            when (e is InvalidDataException or IOException and not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            if (file is { } stored)
                await files.DeleteAsync(stored.Id, CancellationToken.None);
            throw new InvalidInputException("file", "The form is malformed or incomplete.");
        }
        catch
        {
            if (file is { } stored)
                await files.DeleteAsync(stored.Id, CancellationToken.None);
            throw;
        }
    }

    private static async Task<((ObjectId, string, long), string)> StoreFileAsync(
        UploadStore files,
        Stream content,
        string name,
        CancellationToken cancellationToken
    )
    {
        var (id, size, chunk) = (ObjectId.GenerateNewId(), 0L, new byte[UploadStore.ChunkSize]);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // Only reads are canceled with the request: a canceled write could reach the database after the file was deleted.
        await using var upload = await files.CreateAsync(id, name, CancellationToken.None);
        try
        {
            while (await content.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken) is > 0 and var length)
            {
                size += length;
                if (size > SubmissionLimits.File)
                    throw new BadHttpRequestException("The file must not exceed 10 MB.", StatusCodes.Status413PayloadTooLarge);
                hash.AppendData(chunk, 0, length);
                await upload.WriteAsync(chunk.AsMemory(0, length), CancellationToken.None);
            }
            if (size == 0)
                throw new InvalidInputException("file", "The file is empty.");
            await upload.CloseAsync(CancellationToken.None);
            return ((id, name, size), Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch
        {
            await upload.AbortAsync(CancellationToken.None);
            throw;
        }
    }

    private static async Task<string> ReadTextAsync(Stream content, CancellationToken cancellationToken)
    {
        var bytes = new byte[(SubmissionLimits.Text * 4) + 1];
        var length = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static string ValidateText(string text)
    {
        if (text.Length > SubmissionLimits.Text)
            throw new InvalidInputException("text", $"The text must have at most {SubmissionLimits.Text} characters.");
        if (string.IsNullOrWhiteSpace(text) || !PlainText.IsAllowedMultiline(text))
            throw new InvalidInputException("text", "The text must not be blank and must not contain control characters.");
        return text.Trim();
    }

    private static string Hash(string? text, string? file) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{file}\n{text}")));

    private static string GetFileName(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities
            .RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName)
            .ToString();
        // Some clients send a full path; keep only the file name. Drop direction marks, which can disguise the extension.
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
