using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

/// <summary>Entries are valid only if no write overlapped their read, and their memory is bounded.</summary>
public sealed class DocumentCacheTests : IAsyncLifetime
{
    private ServiceHost _host = null!;
    private DocumentCache _cache = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ServiceHost.StartAsync(
            new ServiceHostOptions { Services = Services.None, Configure = services => services.AddDocumentCache("test") }
        );
        _cache = _host.App.Services.GetRequiredService<DocumentCache>();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_read_that_overlaps_a_write_is_not_stored_as_current()
    {
        var id = ObjectId.GenerateNewId();
        var isWritten = new TaskCompletionSource();
        var reading = _cache.GetOrReadAsync(id, "old", ReadSlowlyAsync, default).AsTask();
        await _cache.InvalidateAsync([id]);
        isWritten.SetResult();
        await reading;
        Assert.Equal(("new", false), await GetAsync(id, "new"));
        Assert.Equal(("new", true), await GetAsync(id, "unread"));

        async Task<(string, long)?> ReadSlowlyAsync(string value, ObjectId _, CancellationToken token)
        {
            await isWritten.Task.WaitAsync(token);
            return (value, 1);
        }
    }

    [Fact]
    public async Task Invalidating_without_ids_invalidates_all()
    {
        ObjectId[] ids = [ObjectId.GenerateNewId(), ObjectId.GenerateNewId()];
        foreach (var id in ids)
            await GetAsync(id, "old");
        await _cache.InvalidateAsync([]);
        foreach (var id in ids)
            Assert.Equal(("new", false), await GetAsync(id, "new"));
    }

    [Fact]
    public async Task A_missing_document_is_read_again()
    {
        var id = ObjectId.GenerateNewId();
        var (missing, _) = await _cache.GetOrReadAsync(id, "", static (_, _, _) => Task.FromResult<(string, long)?>(null), default);
        Assert.Null(missing);
        Assert.Equal(("created", false), await GetAsync(id, "created"));
    }

    [Fact]
    public async Task Entries_are_evicted_before_they_exceed_the_maximum()
    {
        var text = new string('x', 2_000);
        var count = (int)(2 * DocumentCache.MaxBytes / text.Length);
        var ids = Enumerable.Range(0, count).Select(_ => ObjectId.GenerateNewId()).ToArray();
        foreach (var id in ids)
        {
            await GetAsync(id, text);
            Assert.True(_cache.Bytes <= DocumentCache.MaxBytes);
        }
        Assert.True(_cache.Bytes > DocumentCache.MaxBytes / 2, $"Only {_cache.Bytes:N0} bytes are used.");
        Assert.True((await GetAsync(ids[^1], "evicted")).IsHit);
    }

    private async Task<(string? Text, bool IsHit)> GetAsync(ObjectId id, string value)
    {
        var (document, isHit) = await _cache.GetOrReadAsync(
            id,
            value,
            static (value, _, _) => Task.FromResult<(string, long)?>((value, 1)),
            default
        );
        return (System.Text.Json.JsonSerializer.Deserialize<string>(document!.Body), isHit);
    }
}
