using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace MovieLms.Standalone.Mail;

/// <summary>
/// Stores messages as files that only their owner may read. The file name is derived from the Message-ID, so a message that is delivered
/// again replaces its earlier copy.
/// </summary>
internal sealed class MailFolder
{
    internal const string Extension = ".eml";
    private const string UnfinishedExtension = ".part";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly MailCatcherOptions _options;
    private readonly SemaphoreSlim _pruning = new(1);

    private MailFolder(MailCatcherOptions options) => _options = options;

    /// <summary>Creates the folder if needed, restricts it to its owner, and deletes the files of interrupted writes.</summary>
    /// <exception cref="StandaloneException">The folder is not usable.</exception>
    internal static MailFolder Open(MailCatcherOptions options)
    {
        try
        {
            var folder = Directory.CreateDirectory(options.Folder);
            foreach (var file in folder.EnumerateFiles("*" + UnfinishedExtension))
                file.Delete();
            if (!OperatingSystem.IsWindows())
            {
                folder.UnixFileMode = OwnerOnly | UnixFileMode.UserExecute;
                foreach (var file in folder.EnumerateFiles("*" + Extension))
                    file.UnixFileMode = OwnerOnly;
            }
            return new MailFolder(options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StandaloneException(
                $"The mail folder {options.Folder} cannot be used ({e.Message}); choose another data folder with --data DIR.",
                e
            );
        }
    }

    /// <summary>Writes the message to disk. Readers never see a partial message.</summary>
    internal async Task SaveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var name = CreateName(await ReadMessageIdAsync(message, cancellationToken));
        var unfinished = Path.Combine(_options.Folder, Guid.NewGuid().ToString("N") + UnfinishedExtension);
        try
        {
            await using (var file = new FileStream(unfinished, CreateFileOptions()))
            {
                await file.WriteAsync(message, cancellationToken);
                await file.FlushAsync(cancellationToken);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }
            File.Move(unfinished, Path.Combine(_options.Folder, name + Extension), overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
        await PruneAsync(cancellationToken);
    }

    private async Task PruneAsync(CancellationToken cancellationToken)
    {
        await _pruning.WaitAsync(cancellationToken);
        try
        {
            var (messages, bytes) = (0, 0L);
            var files = new DirectoryInfo(_options.Folder).GetFiles("*" + Extension);
            foreach (var file in files.OrderByDescending(file => file.LastWriteTimeUtc))
            {
                messages++;
                bytes += file.Length;
                if (messages > _options.MaxKeptMessages || (bytes > _options.MaxKeptBytes && messages > 1))
                    file.Delete();
            }
        }
        finally
        {
            _pruning.Release();
        }
    }

    private static FileStreamOptions CreateFileOptions()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return options;
    }

    /// <summary>Returns a hash of the Message-ID, which may contain any characters. Without a Message-ID, the name is random.</summary>
    private static string CreateName(string? messageId) =>
        messageId is null
            ? Guid.NewGuid().ToString("N")
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)).AsSpan(0, 16));

    private static async Task<string?> ReadMessageIdAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = AsStream(message);
            var headers = await new MimeParser(stream).ParseHeadersAsync(cancellationToken);
            return headers[HeaderId.MessageId] is { } id ? MimeUtils.ParseMessageId(id) : null;
        }
        catch (FormatException)
        {
            // Not a valid message (RFC 5322). It was accepted, so it is stored like any other.
            return null;
        }
    }

    private static MemoryStream AsStream(ReadOnlyMemory<byte> message) =>
        MemoryMarshal.TryGetArray(message, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(message.ToArray(), writable: false);
}
