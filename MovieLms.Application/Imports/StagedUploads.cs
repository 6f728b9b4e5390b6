using System.Globalization;
using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.Application.Imports;

/// <summary>
/// A copy of an uploaded file for the workers, stored in Redis in pieces to save a read from the database. It may be lost at any time,
/// because GridFS has the file: methods report failures in their result and never throw.
/// </summary>
public sealed partial class StagedUploads(IConnectionMultiplexer redis, RedisNames names, ILogger<StagedUploads> logger)
{
    /// <summary>The time after which an unread piece expires.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);

    /// <summary>Stores a piece.</summary>
    /// <returns>False if Redis is unavailable; the remaining pieces need not be tried.</returns>
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
    /// <returns>Null if Redis has lost the piece or is unavailable.</returns>
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

    /// <summary>Deletes the pieces. Pieces that cannot be deleted expire.</summary>
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
        names.GetKey(string.Create(CultureInfo.InvariantCulture, $"upload:{uploadId}:{index}"));

    [LoggerMessage(LogLevel.Warning, "Redis is unavailable for a staged upload ({Error}). GridFS has the file")]
    private static partial void LogUnavailable(ILogger logger, string error);
}
