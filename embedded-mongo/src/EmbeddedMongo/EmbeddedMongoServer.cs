using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using EmbeddedMongo.Authentication;
using EmbeddedMongo.Commands;
using EmbeddedMongo.Cursors;
using EmbeddedMongo.Storage;
using EmbeddedMongo.Wire;

namespace EmbeddedMongo;

/// <summary>
/// A MongoDB-compatible server that runs in this process on a loopback socket, for development and tests. Not for production.
/// Unmodified clients connect to <see cref="ConnectionString"/>.
/// </summary>
public sealed class EmbeddedMongoServer : IAsyncDisposable
{
    private readonly StorageEngine _engine;
    private readonly ServerServices _services;
    private readonly TtlSweeper _sweeper;
    private readonly IReadOnlyList<Socket> _listeners;
    private readonly CommandDispatcher _dispatcher;
    private readonly ConcurrentDictionary<long, Task> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private long _lastConnectionId;
    private int _disposed;

    private EmbeddedMongoServer(
        StorageEngine engine,
        Catalog catalog,
        CredentialStore credentials,
        IReadOnlyList<Socket> listeners,
        EmbeddedMongoOptions options
    )
    {
        _engine = engine;
        _listeners = listeners;
        Port = ((IPEndPoint)listeners[0].LocalEndPoint!).Port;
        _services = new ServerServices(engine, catalog, new CursorManager(options.TimeProvider, options.CursorTimeout), options)
        {
            Credentials = credentials,
            Port = Port,
        };
        _sweeper = new TtlSweeper(catalog, options.TimeProvider, options.TtlSweepInterval);
        _dispatcher = new CommandDispatcher(_services, CommandTable.All());
        _accepting = Task.WhenAll(listeners.Select(AcceptAsync));
    }

    /// <summary>TCP port.</summary>
    public int Port { get; }

    /// <summary>
    /// Connection string for MongoDB clients: <c>mongodb://127.0.0.1:port/?directConnection=true</c>, with the user and its password if
    /// the server requires authentication.
    /// </summary>
    public string ConnectionString
    {
        get
        {
            var address = $"{Listeners.GetHost(_services.Options.BindAddress)}:{Port}/?directConnection=true";
            if (_services.Options.User is not { } user)
                return $"mongodb://{address}";

            // Without authSource, a client would look for the user in the database that is added to the path.
            var (name, password) = (Uri.EscapeDataString(user.Name), Uri.EscapeDataString(user.Password));
            return $"mongodb://{name}:{password}@{address}&authSource={CredentialStore.Database}";
        }
    }

    /// <summary>Opens the data and starts listening. Returns when clients can connect.</summary>
    /// <exception cref="EmbeddedMongoException">
    /// The port is taken, the bind address needs a user, the user's password is invalid, or the data folder is in use, cannot be
    /// written or has an unknown format.
    /// </exception>
    public static Task<EmbeddedMongoServer> StartAsync(EmbeddedMongoOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new EmbeddedMongoOptions();

        // Opening the store reads files, which must not block the caller's thread.
        return Task.Run(() => OpenAsync(options), cancellationToken);
    }

    /// <summary>
    /// Stops listening, ends running commands, syncs the journal and closes the store. An in-memory server loses its data.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        await _stopping.CancelAsync();
        CloseAll(_listeners);
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _sweeper.Dispose();
        await _services.Cursors.DisposeAsync();
        await _engine.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>Open connections, including those of disconnected clients whose command is still running.</summary>
    internal int ConnectionCount => _connections.Count;

    /// <summary>The size of the temporary files of running pipelines.</summary>
    internal long SpilledBytes => _services.SpillArea.UsedBytes;

    /// <summary>Runs the TTL monitor now, for tests that advance the clock.</summary>
    internal void SweepExpired() => _sweeper.Sweep();

    private static async Task<EmbeddedMongoServer> OpenAsync(EmbeddedMongoOptions options)
    {
        var credentials = new CredentialStore(options.User);
        var listeners = Listeners.Open(options);
        StorageEngine? engine = null;
        try
        {
            engine = StorageEngine.Open(options);
            return new EmbeddedMongoServer(engine, Catalog.Load(engine), credentials, listeners, options);
        }
        catch
        {
            CloseAll(listeners);
            if (engine is not null)
                await engine.DisposeAsync();

            throw;
        }
    }

    private static void CloseAll(IReadOnlyList<Socket> listeners)
    {
        foreach (var listener in listeners)
            listener.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                var socket = await listener.AcceptAsync(_stopping.Token);
                socket.NoDelay = true;
                Serve(socket, Interlocked.Increment(ref _lastConnectionId));
            }
            catch (Exception error)
                when (error is OperationCanceledException or ObjectDisposedException
                    || (error is SocketException && _stopping.IsCancellationRequested)
                )
            {
                return;
            }
            catch (SocketException)
            {
                // The client disconnected while connecting, or no file handle was left. The next attempt may succeed.
                await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
            }
        }
    }

    private void Serve(Socket socket, long id)
    {
        var connection = new ClientConnection(socket, id, new ClientAuthentication(_services.Credentials), _dispatcher);
        var running = Task.Run(() => connection.RunAsync(_stopping.Token), CancellationToken.None);
        _connections[id] = running;
        _ = running.ContinueWith(
            _ => _connections.TryRemove(id, out Task? _),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default
        );
    }
}
