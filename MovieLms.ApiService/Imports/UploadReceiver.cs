using System.Security.Cryptography;
using MongoDB.Bson;
using MovieLms.Data.Imports;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.Imports;

namespace MovieLms.ApiService.Imports;

/// <summary>
/// Takes a file in as it arrives, a piece at a time: to GridFS, which is the truth, and to Redis, which is the workers' copy.
/// One piece is in memory, whatever the file's size.
/// </summary>
internal sealed class UploadReceiver(ImportStore imports, UploadStore uploads, StagedUploads staged)
{
    /// <summary>The largest file, in bytes.</summary>
    internal const long LargestFile = 50 * 1024 * 1024;

    /// <summary>Receives, keeps and queues a file.</summary>
    /// <exception cref="UploadRefusedException">The file is too large or no table.</exception>
    /// <exception cref="InvalidInputException">The file is empty.</exception>
    internal async Task<ImportDocument> ReceiveAsync(
        ObjectId id, ImportKind kind, ObjectId ownerId, ObjectId? subjectId, UploadedFile file, CancellationToken cancellationToken)
    {
        if (await imports.BeginUploadAsync(id, kind, ownerId, subjectId, cancellationToken) is { } earlier) return earlier;
        try
        {
            return await imports.QueueAsync(id, await KeepAsync(id, file, cancellationToken), cancellationToken);
        }
        catch
        {
            // Whatever ended it, nothing is left behind; what this cannot remove, the sweep removes later.
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
            if (size > LargestFile) throw UploadRefusedException.TooLarge();
            hash.AppendData(piece, 0, length);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private async Task<ImportFile> KeepAsync(ObjectId id, UploadedFile file, CancellationToken cancellationToken)
    {
        var piece = new byte[UploadStore.ChunkSize];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var kept = await uploads.CreateAsync(id, file.Name, cancellationToken);
        try
        {
            var (size, index, isStaging, format) = (0L, 0, true, ImportFormat.Csv);
            while (await file.Content.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken) is > 0 and var length)
            {
                if (index == 0) format = Recognize(piece.AsSpan(0, length));
                size += length;
                if (size > LargestFile) throw UploadRefusedException.TooLarge();
                hash.AppendData(piece, 0, length);
                await kept.WriteAsync(piece.AsMemory(0, length), cancellationToken);
                isStaging = isStaging && await staged.TryWriteAsync(id.ToString(), index, piece.AsMemory(0, length));
                index++;
            }
            if (size == 0) throw new InvalidInputException(UploadedFile.Field, "The file is empty.");
            await kept.CloseAsync(cancellationToken);
            return new ImportFile(file.Name, file.ContentType, size, format, Convert.ToHexStringLower(hash.GetHashAndReset()), UploadStore.ChunkSize);
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
internal sealed class UploadRefusedException(int status, string title, string detail) : Exception(detail)
{
    /// <summary>HTTP status.</summary>
    internal int Status { get; } = status;

    /// <summary>The problem's title.</summary>
    internal string Title { get; } = title;

    internal static UploadRefusedException TooLarge() => new(
        StatusCodes.Status413PayloadTooLarge, "The file is too large", $"A file may have {UploadReceiver.LargestFile / (1024 * 1024)} MB. Split it.");

    internal static UploadRefusedException NotATable(string name) => new(
        StatusCodes.Status415UnsupportedMediaType, "This is not a file of rows", $"{UploadedFile.Field} is {name}. Send CSV, a JSON array or one JSON object a line.");

    internal static UploadRefusedException WrongType() => new(
        StatusCodes.Status415UnsupportedMediaType,
        "This content type is not taken",
        $"Send multipart/form-data with a part named '{UploadedFile.Field}', or text/csv, application/json or application/x-ndjson.");
}
