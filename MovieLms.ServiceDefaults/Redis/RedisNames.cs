using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Redis;

/// <summary>
/// Builds the names of all keys and channels. They share a prefix per environment (<c>Redis:Prefix</c>, default
/// <c>movielms:</c>), so several installations can share one Redis.
/// </summary>
public sealed class RedisNames(IConfiguration configuration)
{
    /// <summary>The prefix of every name.</summary>
    public string Prefix { get; } = configuration["Redis:Prefix"] is { Length: > 0 } prefix ? prefix : "movielms:";

    /// <summary>Returns the full name of a key.</summary>
    public RedisKey GetKey(string name) => Prefix + name;

    /// <summary>Returns a channel. Pub/sub ignores logical databases, so only the prefix separates environments.</summary>
    public RedisChannel GetChannel(string name) => RedisChannel.Literal(Prefix + name);
}
