using System.Buffers.Binary;
using System.Globalization;
using EmbeddedMongo.Storage;
using RocksDbSharp;

namespace EmbeddedMongo.Tests.Storage;

/// <summary>The bytes read by a lookup must not grow with the data, since every insert looks up its unique keys.</summary>
[Collection(NonParallelCollection.Name)]
public sealed class LookupCostTests
{
    private const int Keys = 600_000;
    private const int Lookups = 2_000;
    private const long MaxBytes = 100 * 1024 * 1024;

    [Fact]
    public async Task Lookup_in_a_large_file_reads_a_block_and_not_the_whole_filter()
    {
        var folder = Directory.CreateTempSubdirectory("embedded-mongo-lookups-").FullName;
        var options = new EmbeddedMongoOptions { DataDirectory = folder };
        try
        {
            await using (var engine = StorageEngine.Open(options))
                await WriteAsync(engine);
            await using (var engine = StorageEngine.Open(options))
            {
                var before = ReadByteCount();
                for (var i = 0; i < Lookups; i++)
                {
                    Assert.Null(engine.Get(Key((i * 300) + 1)));
                    Assert.NotNull(engine.Get(Key(i * 300)));
                }

                Assert.InRange(ReadByteCount() - before, 0, MaxBytes);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WriteAsync(StorageEngine engine)
    {
        using var batch = new WriteBatch();
        for (var i = 0; i < Keys; i++)
        {
            batch.Put(Key(i * 2), new byte[] { 1 });
            if (batch.Count() == 10_000)
            {
                engine.Write(batch);
                batch.Clear();
            }
        }

        await engine.Reclaim([(byte)'i'], [(byte)'j']);
    }

    private static byte[] Key(int i)
    {
        var key = new byte[9];
        key[0] = (byte)'i';
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(1), i);
        return key;
    }

    /// <summary>Returns the bytes this process has read from the kernel, including the page cache (proc(5), <c>rchar</c>).</summary>
    private static long ReadByteCount()
    {
        var line = File.ReadLines("/proc/self/io").First(l => l.StartsWith("rchar:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("rchar:".Length), CultureInfo.InvariantCulture);
    }
}
