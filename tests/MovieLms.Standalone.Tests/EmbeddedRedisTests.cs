using MovieLms.Testing;
using StackExchange.Redis;

namespace MovieLms.Standalone.Tests;

public sealed class EmbeddedRedisTests
{
    /// <summary>Several times the server's 32 MB of memory; 500 MB with MOVIELMS_TEST_SCALE=full.</summary>
    private static int Megabytes => TestEnvironment.IsFullScale ? 500 : 120;

    [Fact]
    public async Task Data_larger_than_memory_is_not_lost()
    {
        var folder = Directory.CreateTempSubdirectory("movielms-redis-");
        try
        {
            using var server = EmbeddedRedis.Start(0, folder.FullName, RedisPassword.Generate(), megabytes: 32);
            await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
            var redis = connection.GetDatabase();
            await redis.StringSetAsync("first:string", "kept");
            await redis.HashSetAsync("first:hash", [new HashEntry("a", 1), new HashEntry("b", 2)]);
            await redis.ListRightPushAsync("first:list", ["x", "y"]);
            await redis.SortedSetAddAsync("first:sorted", "z", 7);

            var chunk = new byte[1_000_000];
            for (var i = 0; i < Megabytes; i++)
            {
                chunk[0] = (byte)i;
                await redis.StringSetAsync($"upload:{i}", chunk, TimeSpan.FromHours(1));
            }

            Assert.Equal("kept", await redis.StringGetAsync("first:string"));
            Assert.Equal(2, await redis.HashLengthAsync("first:hash"));
            Assert.Equal(["x", "y"], (await redis.ListRangeAsync("first:list")).Select(value => (string?)value));
            Assert.Equal(7, await redis.SortedSetScoreAsync("first:sorted", "z"));
            for (var i = 0; i < Megabytes; i++)
            {
                var kept = (byte[]?)await redis.StringGetAsync($"upload:{i}");
                Assert.Equal((chunk.Length, (byte)i), (kept!.Length, kept[0]));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_error_for_a_port_in_use_names_the_option()
    {
        var (first, second) = (Directory.CreateTempSubdirectory("movielms-redis-"), Directory.CreateTempSubdirectory("movielms-redis-"));
        try
        {
            using var server = EmbeddedRedis.Start(0, first.FullName, RedisPassword.Generate(), megabytes: 32);
            var exception = Assert.Throws<StandaloneException>(() =>
                EmbeddedRedis.Start(server.Port, second.FullName, RedisPassword.Generate(), megabytes: 32)
            );
            Assert.Contains("--redis-port", exception.Message);
        }
        finally
        {
            first.Delete(recursive: true);
            second.Delete(recursive: true);
        }
    }
}
