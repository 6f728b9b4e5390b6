using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;
using MovieLms.Application.Cascades;
using MovieLms.Data;
using MovieLms.Data.Changes;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;
using Xunit;

namespace MovieLms.Testing;

/// <summary>The stores with a separate database, and the commands that they send to the server.</summary>
public sealed class DataFixture : IAsyncLifetime
{
    private readonly AsyncLocal<List<BsonDocument>?> _sent = new();
    private readonly string _name = BackingServices.CreateName();
    private ServiceProvider? _services;
    private MongoClient? _client;

    /// <summary>Registers services of the test, before the product's services.</summary>
    public Action<IServiceCollection>? Configure { get; init; }

    /// <summary>The changes that the stores have published.</summary>
    public ChangeRecorder Changes { get; } = new();

    public IMongoDatabase Database => _client!.GetDatabase(_name);

    public T Get<T>()
        where T : notnull => _services!.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        var settings = MongoClientSettings.FromConnectionString((await BackingServices.GetAsync()).MongoServer);
        settings.ClusterConfigurator = cluster =>
            cluster.Subscribe<CommandStartedEvent>(started =>
            {
                if (started.DatabaseNamespace.DatabaseName == _name)
                    _sent.Value?.Add(BsonSerializer.Deserialize<BsonDocument>(started.Command.ToBson()));
            });
        _client = new MongoClient(settings);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.ClearProviders());
        services.AddSingleton(Database);
        services.AddSingleton<IChangeSink>(Changes);
        Configure?.Invoke(services);
        services.AddMovieLmsData();
        services.AddCascadeOperations();
        _services = services.BuildServiceProvider();
        foreach (var store in _services.GetServices<IIndexedStore>())
            await store.EnsureIndexesAsync(IndexBuilder.Creating, CancellationToken.None);
        await Get<RelationIndexes>().EnsureAsync(IndexBuilder.Creating, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is null)
            return;
        await _client.DropDatabaseAsync(_name);
        await _services!.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>Returns the commands that <paramref name="action"/> sends, without connection-level fields such as <c>lsid</c>.</summary>
    public async Task<List<BsonDocument>> CaptureCommandsAsync(Func<Task> action)
    {
        var sent = _sent.Value = [];
        await action();
        _sent.Value = null;
        foreach (var command in sent)
        {
            foreach (var name in new[] { "$db", "lsid", "$clusterTime", "$readPreference", "txnNumber" })
                command.Remove(name);
        }

        return sent;
    }
}
