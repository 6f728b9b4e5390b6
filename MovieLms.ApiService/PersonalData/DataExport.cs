using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.Application.Imports;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.PersonalData;

namespace MovieLms.ApiService.PersonalData;

/// <summary>
/// Writes a ZIP file with everything that a user made or that is about the user, as <see cref="PersonalCollections"/> declares. Documents
/// are streamed, so the memory does not grow with the file.
/// </summary>
internal sealed class DataExport(PersonalDataReader reader, UploadStore files, TimeProvider time)
{
    private const int FlushBytes = 32 * 1024;
    private const string NewLine = "\r\n";

    private const string Readme = """
        The data of one MovieLms account.

        json/*.json  One file per kind of document. Times are UTC (ISO 8601).
        csv/*.csv    The same as tables (RFC 4180, UTF-8). Cells with several values contain JSON. Text that a spreadsheet would run as
                     a formula starts with an apostrophe.
        files/       The files that you submitted, and your avatar. Their names start with the fileId under which the JSON lists them.
        letterboxd-ratings.csv
                     Your ratings for the import of Letterboxd: https://letterboxd.com/import/

        Passwords, keys and other secrets are never exported, nor are the files of imports and the addresses in the audit log.
        """;

    /// <summary>Writes the file.</summary>
    internal async Task WriteAsync(UserDocument user, Stream destination, CancellationToken cancellationToken)
    {
        await using var writes = new DeferredWrites(destination);
        await WriteArchiveAsync(user, writes, cancellationToken);
        await writes.FlushAsync(cancellationToken);
    }

    private async Task WriteArchiveAsync(UserDocument user, Stream destination, CancellationToken cancellationToken)
    {
        await using var zip = await ZipArchive.CreateAsync(
            destination,
            ZipArchiveMode.Create,
            leaveOpen: true,
            entryNameEncoding: null,
            cancellationToken
        );
        await AddTextAsync(zip, "README.txt", [Readme.ReplaceLineEndings(NewLine)], cancellationToken);
        foreach (var collection in PersonalCollections.All.Where(declared => declared.IsExported))
        {
            await AddJsonAsync(zip, collection, user, cancellationToken);
            await AddCsvAsync(zip, collection, user, cancellationToken);
            if (collection.ExportsFiles)
                await AddFilesAsync(zip, collection, user, cancellationToken);
        }
        await AddRatingsAsync(zip, user, cancellationToken);
    }

    private async Task AddJsonAsync(ZipArchive zip, PersonalCollection collection, UserDocument user, CancellationToken cancellationToken)
    {
        await using var entry = await OpenAsync(zip, $"json/{collection.Name}.json", cancellationToken);
        await using var writer = new Utf8JsonWriter(entry, new JsonWriterOptions { Indented = true });
        var columns = reader.GetColumns(collection);
        writer.WriteStartArray();
        await foreach (var document in reader.ReadAsync(collection, user, cancellationToken))
        {
            ExportText.WriteJson(writer, document, columns);
            if (writer.BytesPending > FlushBytes)
                await writer.FlushAsync(cancellationToken);
        }
        writer.WriteEndArray();
        await writer.FlushAsync(cancellationToken);
    }

    private async Task AddCsvAsync(ZipArchive zip, PersonalCollection collection, UserDocument user, CancellationToken cancellationToken)
    {
        var columns = reader.GetColumns(collection);
        await using var entry = await OpenAsync(zip, $"csv/{collection.Name}.csv", cancellationToken);
        await using var writer = new StreamWriter(entry, new UTF8Encoding(false));
        await WriteLineAsync(writer, string.Join(',', columns.Select(ExportText.NameOf)), cancellationToken);
        await foreach (var document in reader.ReadAsync(collection, user, cancellationToken))
        {
            var cells = columns.Select(column => ErrorsCsv.Cell(ExportText.ToCell(document.GetValue(column, BsonNull.Value))));
            await WriteLineAsync(writer, string.Join(',', cells), cancellationToken);
        }
        await writer.FlushAsync(cancellationToken);
    }

    private async Task AddFilesAsync(ZipArchive zip, PersonalCollection collection, UserDocument user, CancellationToken cancellationToken)
    {
        await foreach (var file in reader.ReadFilesAsync(collection, user, cancellationToken))
        {
            // A file that was replaced since its document was read is skipped.
            if (await files.TryOpenAsync(file.Id, cancellationToken) is not { } content)
                continue;
            await using (content)
            {
                await using var entry = await OpenAsync(zip, $"files/{file.Id}-{ToFileName(file.Name)}", cancellationToken);
                await content.CopyToAsync(entry, cancellationToken);
            }
        }
    }

    private async Task AddRatingsAsync(ZipArchive zip, UserDocument user, CancellationToken cancellationToken)
    {
        await using var entry = await OpenAsync(zip, LetterboxdCsv.FileName, cancellationToken);
        await using var writer = new StreamWriter(entry, new UTF8Encoding(false));
        await WriteLineAsync(writer, LetterboxdCsv.Header, cancellationToken);
        await foreach (var movie in reader.ReadRatingsAsync(user.Id, cancellationToken))
            await WriteLineAsync(writer, LetterboxdCsv.ToLine(movie), cancellationToken);
        await writer.FlushAsync(cancellationToken);
    }

    private async Task AddTextAsync(ZipArchive zip, string name, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        await using var entry = await OpenAsync(zip, name, cancellationToken);
        await using var writer = new StreamWriter(entry, new UTF8Encoding(false));
        foreach (var line in lines)
            await WriteLineAsync(writer, line, cancellationToken);
        await writer.FlushAsync(cancellationToken);
    }

    private Task<Stream> OpenAsync(ZipArchive zip, string name, CancellationToken cancellationToken)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = time.GetUtcNow();
        return entry.OpenAsync(cancellationToken);
    }

    private static Task WriteLineAsync(StreamWriter writer, string line, CancellationToken cancellationToken) =>
        writer.WriteAsync((line + NewLine).AsMemory(), cancellationToken);

    /// <summary>Keeps only letters, digits and a few other characters that every file system accepts.</summary>
    private static string ToFileName(string name)
    {
        var safe = new string([.. name.Select(letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_' ? letter : '_')]);
        return safe.Length <= 100 ? safe : safe[^100..];
    }
}
