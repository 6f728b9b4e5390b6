using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Redis;

/// <summary>
/// The names of keys and channels, under one prefix an environment (<c>Redis:Prefix</c>, default <c>movielms:</c>), so that
/// several installations can share a Redis. Every key and channel of the product is named through it.
/// </summary>
public sealed class RedisNames(IConfiguration configuration)
{
    /// <summary>What every name begins with.</summary>
    public string Prefix { get; } = configuration["Redis:Prefix"] is { Length: > 0 } prefix ? prefix : "movielms:";

    /// <summary>The full name of a key.</summary>
    public RedisKey Key(string name) => Prefix + name;

    /// <summary>The channel of that name; pub/sub does not know logical databases, so the prefix separates environments.</summary>
    public RedisChannel Channel(string name) => RedisChannel.Literal(Prefix + name);
}
