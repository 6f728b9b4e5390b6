using System.Globalization;
using System.Text;
using CsvHelper;
using MongoDB.Bson;
using MovieLms.Application.Imports;
using MovieLms.Data.Imports;
using MovieLms.Worker.Imports.Movies;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Tests.Imports;

/// <summary>
/// Files without an end, which no limit on an upload's size lets through but which a reader must not rely on; and hostile values on their
/// way out.
/// </summary>
public sealed class HostileCsvTests
{
    private const int MaxRead = 4 * GuardedStream.MaxLineLength;

    [Theory]
    [InlineData("title\n", "a", ImportFormat.Csv)]
    [InlineData("", "a", ImportFormat.Csv)]
    [InlineData("title", ",", ImportFormat.Csv)]
    [InlineData("title\nx", ",", ImportFormat.Csv)]
    [InlineData("title\n", ",\"\"", ImportFormat.Csv)]
    [InlineData("title,genre\n\"open", "more,rows\n", ImportFormat.Csv)]
    [InlineData("title,genre\n\"open", "\"\"", ImportFormat.Csv)]
    [InlineData("{\"title\":\"", "🎬", ImportFormat.Ndjson)]
    [InlineData("[{\"title\":\"", "a", ImportFormat.Json)]
    [InlineData("[{\"title\":", "[", ImportFormat.Json)]
    public async Task File_without_an_end_is_refused_before_much_of_it_is_read(string beginning, string forever, ImportFormat format)
    {
        await using var file = new Endless(Encoding.UTF8.GetBytes(beginning), Encoding.UTF8.GetBytes(forever));
        var failure = await Assert.ThrowsAsync<BadFileException>(async () =>
        {
            await foreach (var row in RowReader.ReadAsync(file, format, MovieColumns.All, CancellationToken.None))
                Assert.NotNull(row.Malformed);
        });
        Assert.NotEmpty(failure.Message);
        Assert.InRange(file.Given, 1, MaxRead);
    }

    [Fact]
    public async Task Errors_csv_gives_every_value_back_as_text_that_no_spreadsheet_runs()
    {
        var random = new Random(20261126);
        string[] pieces =
        [
            "=cmd|' /C calc'!A0",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            ",",
            ";",
            "\"",
            "\n",
            "\r\n",
            "'",
            "עברית",
            "كتابة",
            "🎞️",
            "\u202E",
            "x",
            " ",
        ];
        var errors = Enumerable
            .Range(1, 500)
            .Select(row => new ImportErrorDocument(
                ObjectId.GenerateNewId(),
                ObjectId.GenerateNewId(),
                row,
                row + 1,
                [new ImportProblem("title", string.Concat(random.GetItems(pieces, random.Next(0, 5))), $"No. {row}")]
            ))
            .ToList();
        using var file = new MemoryStream();
        await ErrorsCsv.WriteAsync(file, errors.ToAsyncEnumerable(), CancellationToken.None);

        file.Position = 0;
        using var csv = new CsvReader(
            new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true)),
            CultureInfo.InvariantCulture
        );
        Assert.True(await csv.ReadAsync() && csv.ReadHeader());
        var formulas = 0;
        foreach (var error in errors)
        {
            Assert.True(await csv.ReadAsync());
            Assert.Equal(
                (error.Line.ToString(CultureInfo.InvariantCulture), $"No. {error.Row}"),
                (csv.GetField("line")!, csv.GetField("message")!)
            );
            var (cell, value) = (csv.GetField("value")!, error.Problems[0].Value);
            var isFormula = value.Length > 0 && "=+-@\t\r".Contains(value[0]);
            if (isFormula)
                formulas++;
            Assert.Equal(isFormula ? "'" + value : value, cell);
        }
        Assert.False(await csv.ReadAsync());
        Assert.True(formulas > 50);
    }

    /// <summary>A beginning, then the same for ever.</summary>
    private sealed class Endless(byte[] beginning, byte[] forever) : MemoryStream
    {
        private int _given;

        internal int Given => _given;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given > 2 * MaxRead)
                throw new InvalidOperationException("The reader goes on and on.");
            for (var i = 0; i < buffer.Length; i++, _given++)
                buffer.Span[i] = _given < beginning.Length ? beginning[_given] : forever[(_given - beginning.Length) % forever.Length];
            return ValueTask.FromResult(buffer.Length);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
