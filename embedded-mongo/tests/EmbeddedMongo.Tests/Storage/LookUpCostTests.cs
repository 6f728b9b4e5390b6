using System.Buffers.Binary;
using System.Globalization;
using EmbeddedMongo.Storage;
using RocksDbSharp;

namespace EmbeddedMongo.Tests.Storage;

/// <summary>What a look-up reads must not grow with the data: every insert looks its unique keys up.</summary>
[Collection(AloneCollection.Name)]
public sealed class LookUpCostTests
{
    private const int Keys = 600_000;
    private const int LookUps = 2_000;
    private const long MaxBytes = 100 * 1024 * 1024;

    [Fact]
    public async Task Look_up_in_a_large_file_reads_a_block_and_not_the_whole_filter()
    {
        var folder = Directory.CreateTempSubdirectory("movielms-lookups-").FullName;
        var options = new EmbeddedMongoOptions { DataDirectory = folder };
        try
        {
            await using (var engine = StorageEngine.Open(options))
                await WriteAsync(engine);
            await using (var engine = StorageEngine.Open(options))
            {
                var before = BytesRead();
                for (var i = 0; i < LookUps; i++)
                {
                    Assert.Null(engine.Get(Key((i * 300) + 1)));
                    Assert.NotNull(engine.Get(Key(i * 300)));
                }

                Assert.InRange(BytesRead() - before, 0, MaxBytes);
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

    /// <summary>What this process has asked the kernel for, from the page cache too (proc(5), <c>rchar</c>).</summary>
    private static long BytesRead()
    {
        var line = File.ReadLines("/proc/self/io").First(l => l.StartsWith("rchar:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("rchar:".Length), CultureInfo.InvariantCulture);
    }
}
