using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>The default limit of requests: <c>RateLimits:RequestsPerSecond</c>, over two seconds.</summary>
internal sealed class RequestWindows(
    IConnectionMultiplexer redis, RedisNames names, IConfiguration configuration, TimeProvider time, ILogger<RequestWindows> logger)
    : SharedWindows("requests", 2 * configuration.GetValue("RateLimits:RequestsPerSecond", 500), TimeSpan.FromSeconds(2), redis, names, time, logger);
