using EmbeddedMongo.Cursors;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Commands;

/// <summary>What every command may use.</summary>
internal sealed class ServerServices(StorageEngine engine, Catalog catalog, CursorManager cursors, EmbeddedMongoOptions options)
{
    public const string Version = "7.0.0";

    public StorageEngine Engine { get; } = engine;

    public Catalog Catalog { get; } = catalog;

    public CursorManager Cursors { get; } = cursors;

    public EmbeddedMongoOptions Options { get; } = options;

    public TimeProvider Time => Options.TimeProvider;

    /// <summary>Port that clients use, known once the listener is bound.</summary>
    public int Port { get; set; }
}
