using System.Buffers.Binary;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Conformance;

/// <summary>
/// Stores the documents of MongoDB's BSON corpus as fields, reads them back, and compares bytes: as stored, and decoded and encoded again
/// by an aggregation, which normalizes array indexes and regular expression options. Documents with invalid bytes must be rejected.
/// </summary>
public sealed class BsonCorpusTests
{
    public const string Prefix = "bson-corpus/";

    [Fact]
    public async Task Documents_are_returned_byte_by_byte_and_invalid_ones_rejected_except_the_reviewed_ones()
    {
        SpecificationFiles.SkipIfMissing();
        var report = new ConformanceReport(ExpectedFailures.Read(static test => test.StartsWith(Prefix, StringComparison.Ordinal)));
        await using var server = await EmbeddedMongoServer.StartAsync();
        using var client = new MongoClient(server.ConnectionString);
        var items = client.GetDatabase("corpus").GetCollection<RawBsonDocument>("items");
        foreach (var (name, file) in SpecificationFiles.Read("bson-corpus/tests"))
        {
            foreach (var test in file.GetValue("valid", new BsonArray()).AsBsonArray)
            {
                foreach (var kind in (string[])["canonical_bson", "degenerate_bson"])
                {
                    if (test.AsBsonDocument.TryGetValue(kind, out var hex))
                    {
                        var canonical = test["canonical_bson"].AsString;
                        await CheckValidAsync(report, items, $"{Prefix}{name}: {test["description"]}, {kind}", hex.AsString, canonical);
                    }
                }
            }

            foreach (var test in file.GetValue("decodeErrors", new BsonArray()).AsBsonArray)
                await CheckInvalidAsync(report, items, $"{Prefix}{name}: {test["description"]}", test["bson"].AsString);
        }

        report.Complete();
    }

    private static async Task CheckValidAsync(
        ConformanceReport report,
        IMongoCollection<RawBsonDocument> items,
        string test,
        string hex,
        string canonical
    )
    {
        try
        {
            await items.DeleteManyAsync("{}");
            await items.InsertOneAsync(Wrap(Convert.FromHexString(hex)));
            Check($"{test}, stored", hex, await items.Find("{}").SingleAsync());
            Check(
                $"{test}, computed",
                canonical,
                await items.Aggregate().AppendStage<RawBsonDocument>("{$project: {v: {$ifNull: ['$v', 1]}}}").SingleAsync()
            );
        }
        catch (MongoException error)
        {
            report.Fail(test, error.Message);
        }

        void Check(string name, string expected, RawBsonDocument returned)
        {
            var actual = Convert.ToHexString(Unwrap(returned));
            if (actual.Equals(expected, StringComparison.OrdinalIgnoreCase))
                report.Pass();
            else
                report.Fail(name, $"{hex} is returned as {actual}");
        }
    }

    private static async Task CheckInvalidAsync(ConformanceReport report, IMongoCollection<RawBsonDocument> items, string test, string hex)
    {
        try
        {
            await items.InsertOneAsync(Wrap(Convert.FromHexString(hex)));
            report.Fail(test, "is accepted");
        }
        catch (MongoException)
        {
            report.Pass();
        }
    }

    // {_id: 1, v: document}
    private static RawBsonDocument Wrap(byte[] document)
    {
        byte[] bytes = [0, 0, 0, 0, 0x10, .. "_id\0"u8, 1, 0, 0, 0, 0x03, .. "v\0"u8, .. document, 0];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        return new RawBsonDocument(bytes);
    }

    private static byte[] Unwrap(RawBsonDocument returned)
    {
        const int Start = 16;
        var slice = returned.Slice;
        var bytes = new byte[slice.Length - Start - 1];
        slice.GetBytes(Start, bytes, 0, bytes.Length);
        return bytes;
    }
}
