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
/// Endless files, which the upload limit already stops but readers must handle on their own, and hostile values in the error report.
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
    public async Task Endless_file_is_rejected_before_much_of_it_is_read(string prefix, string repeated, ImportFormat format)
    {
        await using var file = new EndlessStream(Encoding.UTF8.GetBytes(prefix), Encoding.UTF8.GetBytes(repeated));
        var failure = await Assert.ThrowsAsync<BadFileException>(async () =>
        {
            await foreach (var row in RowReader.ReadAsync(file, format, MovieColumns.All, CancellationToken.None))
                Assert.NotNull(row.Malformed);
        });
        Assert.NotEmpty(failure.Message);
        Assert.InRange(file.BytesRead, 1, MaxRead);
    }

    [Fact]
    public async Task Errors_csv_contains_every_value_as_text_that_no_spreadsheet_runs()
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

    /// <summary>A stream of a prefix followed by endless repetitions of the same bytes.</summary>
    private sealed class EndlessStream(byte[] prefix, byte[] repeated) : MemoryStream
    {
        private int _bytesRead;

        internal int BytesRead => _bytesRead;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_bytesRead > 2 * MaxRead)
                throw new InvalidOperationException("The reader does not stop.");
            for (var i = 0; i < buffer.Length; i++, _bytesRead++)
                buffer.Span[i] = _bytesRead < prefix.Length ? prefix[_bytesRead] : repeated[(_bytesRead - prefix.Length) % repeated.Length];
            return ValueTask.FromResult(buffer.Length);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
