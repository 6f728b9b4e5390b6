using System.Text.Json;
using ZiggyCreatures.Caching.Fusion.Serialization;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// Stands in for the package ZiggyCreatures.FusionCache.Serialization.SystemTextJson, which not every registry serves;
/// replace it with that package's <c>FusionCacheSystemTextJsonSerializer</c> where it is to be had.
/// </summary>
internal sealed class FusionCacheJsonSerializer : IFusionCacheSerializer
{
    public byte[] Serialize<T>(T? obj) => JsonSerializer.SerializeToUtf8Bytes(obj);

    public T? Deserialize<T>(byte[] data) => JsonSerializer.Deserialize<T>(data);

    public ValueTask<byte[]> SerializeAsync<T>(T? obj, CancellationToken token = default) => ValueTask.FromResult(Serialize(obj));

    public ValueTask<T?> DeserializeAsync<T>(byte[] data, CancellationToken token = default) => ValueTask.FromResult(Deserialize<T>(data));
}
