using System.Globalization;
using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.Application.Imports;

/// <summary>
/// The workers' copy of an uploaded file, in pieces in Redis. It saves the database a read and may be lost at any time: the
/// truth is in GridFS, so every failure here is an answer ("not there"), never an error.
/// </summary>
public sealed partial class StagedUploads(IConnectionMultiplexer redis, RedisNames names, ILogger<StagedUploads> logger)
{
    /// <summary>How long a piece waits for its worker.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);

    /// <summary>Keeps a piece.</summary>
    /// <returns>False when Redis did not take it; the rest of the file need not be tried then.</returns>
    public async Task<bool> TryWriteAsync(string uploadId, int index, ReadOnlyMemory<byte> piece)
    {
        try
        {
            return await redis.GetDatabase().StringSetAsync(Key(uploadId, index), piece, Lifetime);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogUnavailable(logger, e.GetType().Name);
            return false;
        }
    }

    /// <summary>Reads a piece.</summary>
    /// <returns>Null when Redis lost it or is away.</returns>
    public async Task<byte[]?> TryReadAsync(string uploadId, int index)
    {
        try
        {
            return await redis.GetDatabase().StringGetAsync(Key(uploadId, index));
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogUnavailable(logger, e.GetType().Name);
            return null;
        }
    }

    /// <summary>Removes the pieces; what cannot be removed now goes with its lifetime.</summary>
    public async Task DeleteAsync(string uploadId, int pieces)
    {
        try
        {
            await redis.GetDatabase().KeyDeleteAsync([.. Enumerable.Range(0, pieces).Select(index => Key(uploadId, index))]);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogUnavailable(logger, e.GetType().Name);
        }
    }

    private RedisKey Key(string uploadId, int index) =>
        names.Key(string.Create(CultureInfo.InvariantCulture, $"upload:{uploadId}:{index}"));

    [LoggerMessage(LogLevel.Warning, "Redis did not answer for a staged upload ({Error}); GridFS has it")]
    private static partial void LogUnavailable(ILogger logger, string error);
}
