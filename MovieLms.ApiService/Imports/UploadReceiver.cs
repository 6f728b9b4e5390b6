using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MovieLms.Application.Imports;
using MovieLms.Data.Imports;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Imports;

/// <summary>
/// Receives a file chunk by chunk and writes it to GridFS, which is authoritative, and to Redis, which is the workers' copy. Only one
/// chunk is in memory, regardless of the file's size.
/// </summary>
internal sealed class UploadReceiver(
    ImportStore imports,
    ImportUsageStore usage,
    UploadStore uploads,
    StagedUploads staged,
    IOptions<ImportQuotas> quotas
)
{
    /// <summary>Maximum size of a file, in bytes.</summary>
    internal const long MaxFileBytes = 50 * 1024 * 1024;

    /// <summary>Receives, stores and enqueues a file.</summary>
    /// <exception cref="UploadRefusedException">The file is too large or is not a table, or the user has reached a quota.</exception>
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
            throw UploadRefusedException.TooManyUnfinished(quotas.Value);
        if (start.Earlier is { } earlier)
            return earlier;
        try
        {
            var stored = await StoreAsync(id, ownerId, file, cancellationToken);
            // The file is complete, so it is enqueued even if the client has disconnected.
            return await imports.QueueAsync(id, stored, CancellationToken.None);
        }
        catch
        {
            // Leave nothing behind after any failure. The sweep removes later what this cannot.
            await imports.AbandonAsync(id, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Returns the hash of the content without storing it, to compare a retry with the first attempt.</summary>
    internal static async Task<string> HashAsync(Stream content, CancellationToken cancellationToken)
    {
        var chunk = new byte[UploadStore.ChunkSize];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var size = 0L;
        while (await content.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken) is > 0 and var length)
        {
            size += length;
            if (size > MaxFileBytes)
                throw UploadRefusedException.TooLarge();
            hash.AppendData(chunk, 0, length);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private async Task<ImportFile> StoreAsync(ObjectId id, ObjectId ownerId, UploadedFile file, CancellationToken cancellationToken)
    {
        var chunk = new byte[UploadStore.ChunkSize];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var maxSize = Math.Min(MaxFileBytes, quotas.Value.MaxBytesPerDay);
        // Only reads are canceled with the request: a canceled write could reach the database after the upload was deleted.
        await using var upload = await uploads.CreateAsync(id, file.Name, CancellationToken.None);
        try
        {
            var (size, index, isStaging, format) = (0L, 0, true, ImportFormat.Csv);
            while (
                await file.Content.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken) is > 0 and var length
            )
            {
                if (index == 0)
                    format = DetectFormat(chunk.AsSpan(0, length));
                size += length;
                if (size > maxSize)
                    throw UploadRefusedException.TooLarge(maxSize);
                if (await usage.TryCountAsync(ownerId, length, quotas.Value.MaxBytesPerDay, CancellationToken.None) is { } wait)
                    throw UploadRefusedException.TooManyBytes(quotas.Value, wait);
                hash.AppendData(chunk, 0, length);
                await upload.WriteAsync(chunk.AsMemory(0, length), CancellationToken.None);
                isStaging = isStaging && await staged.TryWriteAsync(id.ToString(), index, chunk.AsMemory(0, length));
                index++;
            }
            if (size == 0)
                throw new InvalidInputException(UploadedFile.Field, "The file is empty.");
            await upload.CloseAsync(CancellationToken.None);
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
            await upload.AbortAsync(CancellationToken.None);
            throw;
        }
    }

    private static ImportFormat DetectFormat(ReadOnlySpan<byte> start) =>
        FileSniffer.DescribeNonTable(start) is { } name ? throw UploadRefusedException.NotATable(name) : FileSniffer.DetectFormat(start);
}

/// <summary>Thrown when a file is rejected before it is processed.</summary>
internal sealed class UploadRefusedException(int status, string title, string detail, TimeSpan? retryAfter = null) : Exception(detail)
{
    private const long Megabyte = 1024 * 1024;
    private static readonly TimeSpan UnfinishedRetryAfter = TimeSpan.FromSeconds(30);

    /// <summary>HTTP status of the response.</summary>
    internal int Status { get; } = status;

    internal string Title { get; } = title;

    /// <summary>Delay after which a retry may succeed; null if the same file never will.</summary>
    internal TimeSpan? RetryAfter { get; } = retryAfter;

    internal static UploadRefusedException TooLarge() => TooLarge(UploadReceiver.MaxFileBytes);

    internal static UploadRefusedException TooLarge(long maxSize) =>
        new(
            StatusCodes.Status413PayloadTooLarge,
            "The file is too large",
            $"The file must not exceed {FormatSize(maxSize)}. Split it into smaller files."
        );

    internal static UploadRefusedException TooManyUnfinished(ImportQuotas quotas) =>
        new(
            StatusCodes.Status429TooManyRequests,
            "Too many unfinished imports",
            $"A user can have {quotas.MaxQueued} unfinished imports. Wait for one to end, or cancel one: POST /api/imports/{{id}}/cancel.",
            UnfinishedRetryAfter
        );

    internal static UploadRefusedException TooManyBytes(ImportQuotas quotas, TimeSpan wait) =>
        new(
            StatusCodes.Status429TooManyRequests,
            "Daily upload limit exceeded",
            $"A user can upload at most {FormatSize(quotas.MaxBytesPerDay)} for imports per day. The limit resets at midnight UTC.",
            wait
        );

    internal static UploadRefusedException NotATable(string name) =>
        new(
            StatusCodes.Status415UnsupportedMediaType,
            "The file is not a table",
            $"The file is {name}. Send CSV, a JSON array, or one JSON object per line."
        );

    internal static UploadRefusedException WrongType() =>
        new(
            StatusCodes.Status415UnsupportedMediaType,
            "Unsupported content type",
            $"Send multipart/form-data with a part named '{UploadedFile.Field}', or text/csv, application/json or application/x-ndjson."
        );

    private static string FormatSize(long bytes) => bytes >= Megabyte ? $"{bytes / Megabyte} MB" : $"{bytes} bytes";
}
