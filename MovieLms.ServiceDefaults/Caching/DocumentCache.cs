using System.Text.Json;
using BitFaster.Caching;
using BitFaster.Caching.Lru;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.Events;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>The JSON of a stored document.</summary>
/// <param name="Body">UTF-8 JSON, as it is sent.</param>
/// <param name="Version">The document's version.</param>
public sealed record CachedDocument(byte[] Body, long Version)
{
    /// <summary>The state of the cache when the document's read began.</summary>
    internal long Stamp { get; init; }
}

/// <summary>
/// Caches the JSON of single documents of one entity, as many as fit into <see cref="MaxBytes"/>, in this process only. A write is visible
/// to the next read of its own process, and in the others as soon as they receive its message. While messages may be lost, nothing is
/// cached.
/// <para>
/// Each document's stamp is the sum of a counter that changes with the document and of one that changes with all documents. An entry is
/// valid only while its stamp is unchanged since its read began, so a read that overlaps a write is never stored as current.
/// </para>
/// </summary>
public sealed class DocumentCache : IDisposable
{
    /// <summary>The maximum memory of all entries, in bytes. The least used entries are evicted.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>The memory of an entry in addition to its body: two objects and their places in a dictionary and a queue.</summary>
    private const int Overhead = 208;

    private const int MinBody = 256;

    /// <summary>How long an entry may outlive a write whose process died before it sent the message.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    /// <summary>Several documents share a counter. A write of another document costs one more read.</summary>
    private readonly long[] _counts = new long[4096];

    private readonly string _prefix;
    private readonly IFusionCache _messages;
    private readonly CacheSubscription _subscription;
    private readonly JsonSerializerOptions _json;
    private readonly FusionCacheEntryOptions _messageOnly;
    private readonly ICache<ObjectId, CachedDocument> _entries;
    private long _allCount;
    private long _bytes;

    internal DocumentCache(string entity, IFusionCache messages, CacheSubscription subscription, IOptions<JsonOptions> json)
    {
        (_messages, _subscription, _json) = (messages, subscription, json.Value.SerializerOptions);
        _prefix = $"document:{entity}:";
        _messageOnly = messages.CreateEntryOptions(options => options.SetSkipDistributedCache(true, skipBackplaneNotifications: false));
        _entries = new ConcurrentLruBuilder<ObjectId, CachedDocument>()
            .WithCapacity((int)(MaxBytes / (MinBody + Overhead)))
            .WithExpireAfterWrite(MaxAge)
            .WithMetrics()
            .Build();
        _entries.Events.Value!.ItemRemoved += OnRemoved;
        _entries.Events.Value.ItemUpdated += OnUpdated;
        messages.Events.Backplane.MessageReceived += OnMessage;
    }

    /// <summary>The estimated memory of all entries, in bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Returns a document from the cache, or reads it. A missing document is not cached.</summary>
    /// <param name="id">The document.</param>
    /// <param name="source">Passed to <paramref name="read"/>.</param>
    /// <param name="read">Reads the document and its version; returns null if it does not exist.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public ValueTask<(CachedDocument? Document, bool IsHit)> GetOrReadAsync<TSource, T>(
        ObjectId id,
        TSource source,
        Func<TSource, ObjectId, CancellationToken, Task<(T Value, long Version)?>> read,
        CancellationToken cancellationToken
    )
    {
        var stamp = Stamp(id);
        var isComplete = !_subscription.IsLost;
        if (isComplete && _entries.TryGet(id, out var known) && known.Stamp == stamp)
        {
            CacheMetrics.Read(isHit: true);
            return new((known, true));
        }
        CacheMetrics.Read(isHit: false);
        return ReadAsync();

        async ValueTask<(CachedDocument?, bool)> ReadAsync()
        {
            if (await read(source, id, cancellationToken) is not { } found)
                return (null, false);
            var document = new CachedDocument(JsonSerializer.SerializeToUtf8Bytes(found.Value, _json), found.Version) { Stamp = stamp };
            if (isComplete)
                Store(id, document);
            return (document, false);
        }
    }

    /// <summary>Invalidates documents in all processes, after they were written.</summary>
    /// <param name="ids">The documents; empty for all documents of the entity.</param>
    public async Task InvalidateAsync(IReadOnlyCollection<ObjectId> ids)
    {
        if (ids.Count == 0)
        {
            Interlocked.Increment(ref _allCount);
            await SendAsync(_prefix);
            return;
        }
        foreach (var id in ids)
            Interlocked.Increment(ref Count(id));
        foreach (var id in ids)
            await SendAsync(_prefix + id);
    }

    /// <inheritdoc/>
    public void Dispose() => _messages.Events.Backplane.MessageReceived -= OnMessage;

    // The cache stores nothing under this key: removing it only sends the message, and repeats it after an outage.
    private ValueTask SendAsync(string key) => _messages.RemoveAsync(key, _messageOnly);

    private void OnMessage(object? sender, FusionCacheBackplaneMessageEventArgs received)
    {
        if (received.Message is not { CacheKey: { } key } || !key.StartsWith(_prefix, StringComparison.Ordinal))
            return;
        if (ObjectId.TryParse(key[_prefix.Length..], out var id))
            Interlocked.Increment(ref Count(id));
        else
            Interlocked.Increment(ref _allCount);
    }

    private void Store(ObjectId id, CachedDocument document)
    {
        Interlocked.Add(ref _bytes, Size(document));
        _entries.AddOrUpdate(id, document);
        if (Bytes > MaxBytes)
            _entries.Policy.Eviction.Value!.Trim(Math.Max(1, _entries.Count / 128));
    }

    /// <summary>Each part only grows, so the sum is unchanged only if all parts are.</summary>
    private long Stamp(ObjectId id) => Volatile.Read(ref Count(id)) + Volatile.Read(ref _allCount) + _subscription.Interruptions;

    private ref long Count(ObjectId id) => ref _counts[(uint)id.GetHashCode() % (uint)_counts.Length];

    private void OnRemoved(object? sender, ItemRemovedEventArgs<ObjectId, CachedDocument> removed) =>
        Interlocked.Add(ref _bytes, -Size(removed.Value!));

    private void OnUpdated(object? sender, ItemUpdatedEventArgs<ObjectId, CachedDocument> updated) =>
        Interlocked.Add(ref _bytes, -Size(updated.OldValue!));

    private static int Size(CachedDocument document) => document.Body.Length + Overhead;
}
