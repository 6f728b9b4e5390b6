using MongoDB.Bson;
using MovieLms.Application.Imports;
using MovieLms.Data.Imports;

namespace MovieLms.ApiService.Imports;

/// <summary>Imports that MovieLms starts itself, without a user.</summary>
public sealed class SystemImports
{
    private readonly UploadReceiver _receiver;
    private readonly ImportStore _imports;
    private readonly ImportSignals _signals;

    internal SystemImports(UploadReceiver receiver, ImportStore imports, ImportSignals signals) =>
        (_receiver, _imports, _signals) = (receiver, imports, signals);

    /// <summary>Stores a file of movies, wakes a worker and returns the ID of the import.</summary>
    public async Task<ObjectId> StartAsync(string fileName, Stream content, CancellationToken cancellationToken)
    {
        var file = new UploadedFile(content, fileName, string.Empty);
        var id = ObjectId.GenerateNewId();
        await _receiver.ReceiveAsync(id, ImportKind.Movies, ImportDocument.SystemOwner, null, file, cancellationToken);
        await _signals.WakeWorkersAsync();
        return id;
    }

    /// <summary>Returns the current state of an import.</summary>
    public async Task<ImportDocument> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _imports.FindAsync(id, ImportDocument.SystemOwner, cancellationToken)
        ?? throw new InvalidOperationException("The import was removed.");
}
