using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MovieLms.Application.Imports;
using MovieLms.Data.Imports;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Imports;

/// <summary>
/// Takes a file in as it arrives, a piece at a time: to GridFS, which is the truth, and to Redis, which is the workers' copy.
/// One piece is in memory, whatever the file's size.
/// </summary>
internal sealed class UploadReceiver(
    ImportStore imports,
    ImportUsageStore usage,
    UploadStore uploads,
    StagedUploads staged,
    IOptions<ImportQuotas> quotas
)
{
    /// <summary>The largest file, in bytes.</summary>
    internal const long MaxFileBytes = 50 * 1024 * 1024;

    /// <summary>Receives, keeps and queues a file.</summary>
    /// <exception cref="UploadRefusedException">The file is too large or no table.</exception>
    /// <exception cref="InvalidInputException">The file is empty.</exception>
    internal async Task<ImportDocument> ReceiveAsync(
        ObjectId id,
        ImportKind kind,
        ObjectId ownerId,
        ObjectId? subjectId,
        UploadedFile file,
        CancellationToken cancellationToken
    )
    {
        var start = await imports.BeginUploadAsync(id, kind, ownerId, subjectId, quotas.Value.MaxQueued, cancellationToken);
        if (!start.MayUpload)
            throw UploadRefusedException.TooManyOpen(quotas.Value);
        if (start.Earlier is { } earlier)
            return earlier;
        try
        {
            var stored = await StoreAsync(id, ownerId, file, cancellationToken);
            // The file is complete: it is queued even if the client has disconnected.
            return await imports.QueueAsync(id, stored, CancellationToken.None);
        }
        catch
        {
            // Whatever ended it, nothing is left behind; the sweep removes later what this cannot.
            await imports.AbandonAsync(id, CancellationToken.None);
            throw;
        }
    }

    /// <summary>The content's hash without keeping it: a retry is compared with the first try.</summary>
    internal static async Task<string> HashAsync(Stream content, CancellationToken cancellationToken)
    {
        var piece = new byte[UploadStore.ChunkSize];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var size = 0L;
        while (await content.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken) is > 0 and var length)
        {
            size += length;
            if (size > MaxFileBytes)
                throw UploadRefusedException.TooLarge();
            hash.AppendData(piece, 0, length);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private async Task<ImportFile> StoreAsync(ObjectId id, ObjectId ownerId, UploadedFile file, CancellationToken cancellationToken)
    {
        var piece = new byte[UploadStore.ChunkSize];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var maxSize = Math.Min(MaxFileBytes, quotas.Value.MaxBytesPerDay);
        // Only reading depends on the request: a write that is canceled halfway may reach the database after it was deleted again.
        await using var kept = await uploads.CreateAsync(id, file.Name, CancellationToken.None);
        try
        {
            var (size, index, isStaging, format) = (0L, 0, true, ImportFormat.Csv);
            while (
                await file.Content.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken) is > 0 and var length
            )
            {
                if (index == 0)
                    format = Recognize(piece.AsSpan(0, length));
                size += length;
                if (size > maxSize)
                    throw UploadRefusedException.TooLarge(maxSize);
                if (await usage.TryCountAsync(ownerId, length, quotas.Value.MaxBytesPerDay, CancellationToken.None) is { } wait)
                    throw UploadRefusedException.TooManyBytes(quotas.Value, wait);
                hash.AppendData(piece, 0, length);
                await kept.WriteAsync(piece.AsMemory(0, length), CancellationToken.None);
                isStaging = isStaging && await staged.TryWriteAsync(id.ToString(), index, piece.AsMemory(0, length));
                index++;
            }
            if (size == 0)
                throw new InvalidInputException(UploadedFile.Field, "The file is empty.");
            await kept.CloseAsync(CancellationToken.None);
            return new ImportFile(
                file.Name,
                file.ContentType,
                size,
                format,
                Convert.ToHexStringLower(hash.GetHashAndReset()),
                UploadStore.ChunkSize
            );
        }
        catch
        {
            await kept.AbortAsync(CancellationToken.None);
            throw;
        }
    }

    private static ImportFormat Recognize(ReadOnlySpan<byte> start) =>
        FileSniffer.NameOfNotText(start) is { } name ? throw UploadRefusedException.NotATable(name) : FileSniffer.FormatOf(start);
}

/// <summary>A file that is refused before it is worked on.</summary>
internal sealed class UploadRefusedException(int status, string title, string detail, TimeSpan? retryAfter = null) : Exception(detail)
{
    private const long Megabyte = 1024 * 1024;
    private static readonly TimeSpan OpenRetryAfter = TimeSpan.FromSeconds(30);

    /// <summary>HTTP status.</summary>
    internal int Status { get; } = status;

    /// <summary>The problem's title.</summary>
    internal string Title { get; } = title;

    /// <summary>When another try may succeed; null when the same file never will.</summary>
    internal TimeSpan? RetryAfter { get; } = retryAfter;

    internal static UploadRefusedException TooLarge() => TooLarge(UploadReceiver.MaxFileBytes);

    internal static UploadRefusedException TooLarge(long maxSize) =>
        new(StatusCodes.Status413PayloadTooLarge, "The file is too large", $"A file may have {Size(maxSize)}. Split it.");

    internal static UploadRefusedException TooManyOpen(ImportQuotas quotas) =>
        new(
            StatusCodes.Status429TooManyRequests,
            "Too many imports are waiting",
            $"A user may have {quotas.MaxQueued} imports that have not ended. Wait for one to end, or cancel one with POST /api/imports/{{id}}/cancel.",
            OpenRetryAfter
        );

    internal static UploadRefusedException TooManyBytes(ImportQuotas quotas, TimeSpan wait) =>
        new(
            StatusCodes.Status429TooManyRequests,
            "Too much was uploaded today",
            $"A user may upload {Size(quotas.MaxBytesPerDay)} for imports per day. The next day begins at midnight UTC.",
            wait
        );

    internal static UploadRefusedException NotATable(string name) =>
        new(
            StatusCodes.Status415UnsupportedMediaType,
            "This is not a file of rows",
            $"{UploadedFile.Field} is {name}. Send CSV, a JSON array or one JSON object a line."
        );

    internal static UploadRefusedException WrongType() =>
        new(
            StatusCodes.Status415UnsupportedMediaType,
            "This content type is not taken",
            $"Send multipart/form-data with a part named '{UploadedFile.Field}', or text/csv, application/json or application/x-ndjson."
        );

    private static string Size(long bytes) => bytes >= Megabyte ? $"{bytes / Megabyte} MB" : $"{bytes} bytes";
}
