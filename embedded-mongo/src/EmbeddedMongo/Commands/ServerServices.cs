using EmbeddedMongo.Cursors;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Commands;

/// <summary>The services shared by all commands.</summary>
internal sealed class ServerServices(StorageEngine engine, Catalog catalog, CursorManager cursors, EmbeddedMongoOptions options)
{
    public const string Version = "7.0.0";

    public StorageEngine Engine { get; } = engine;

    public Catalog Catalog { get; } = catalog;

    public CursorManager Cursors { get; } = cursors;

    public RunningOperations Operations { get; } = new();

    public EmbeddedMongoOptions Options { get; } = options;

    public TimeProvider Time => Options.TimeProvider;

    public DateTimeOffset Started { get; } = options.TimeProvider.GetUtcNow();

    /// <summary>The port that clients use. It is set once the listener is bound.</summary>
    public int Port { get; set; }
}
