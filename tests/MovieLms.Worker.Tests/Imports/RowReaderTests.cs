using System.Text;
using MovieLms.Data.Imports;
using MovieLms.Worker.Imports.Movies;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Tests.Imports;

public sealed class RowReaderTests
{
    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    public async Task Csv_ndjson_and_json_contain_the_same_movies(char delimiter)
    {
        var json = ParseMovies(await SampleMovies.ReadAsync(SampleMovies.Json, ImportFormat.Json));
        var ndjson = ParseMovies(await SampleMovies.ReadAsync(SampleMovies.Ndjson, ImportFormat.Ndjson));
        var csv = ParseMovies(await SampleMovies.ReadAsync(SampleMovies.Csv(delimiter), ImportFormat.Csv));
        Assert.Equal(3_201, json.Count);
        Assert.Equal(json, ndjson);
        Assert.Equal(json, csv);
        Assert.Equal(3_200, json.Count(movie => movie.StartsWith("ok", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Rows_of_the_sample_have_the_right_line_numbers()
    {
        var rows = await SampleMovies.ReadAsync(SampleMovies.Json, ImportFormat.Json);
        var lines = Encoding.UTF8.GetString(SampleMovies.Json).Split('\n');
        Assert.All(rows, row => Assert.Contains("\"Title\"", lines[row.Line - 1], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Csv_rows_with_quoted_line_breaks_have_the_line_on_which_they_start()
    {
        var rows = await ReadAsync("Title,Genre\r\n\"Two\nlines\",Drama\r\n\"with \"\"quotes\"\"\",\r\nlast,x\r\n", ImportFormat.Csv);
        Assert.Equal([2, 4, 5], rows.Select(row => row.Line));
        Assert.Equal(["Two\nlines", "with \"quotes\"", "last"], rows.Select(row => row.Values[MovieColumns.Title]));
    }

    [Fact]
    public async Task Csv_row_with_too_few_values_is_a_row_error()
    {
        var rows = await ReadAsync("title,genre,year\na,b,1990\nonly\nc,d,1991\n", ImportFormat.Csv);
        Assert.Null(rows[0].Malformed);
        Assert.Contains("1 values", rows[1].Malformed!.Message, StringComparison.Ordinal);
        Assert.Null(rows[2].Malformed);
    }

    [Fact]
    public async Task Malformed_ndjson_line_is_a_row_error()
    {
        var rows = await ReadAsync("{\"title\":\"a\"}\n\n{\"title\":\n[1]\n{\"title\":\"b\"}", ImportFormat.Ndjson);
        Assert.Equal([1, 3, 4, 5], rows.Select(row => row.Line));
        Assert.Equal([false, true, true, false], rows.Select(row => row.Malformed is not null));
    }

    [Fact]
    public async Task Members_of_nested_objects_are_columns()
    {
        var row = Assert.Single(
            await ReadAsync(
                """[{"title":"T","director":{"name":"D","nationality":"N"},"gross":{"us":1,"worldwide":2},"cast":["x"],"genre":["a"]}]""",
                ImportFormat.Json
            )
        );
        Assert.Equal("D", row.Values[MovieColumns.DirectorName]);
        Assert.Equal("N", row.Values[MovieColumns.DirectorNationality]);
        Assert.Equal("2", row.Values[MovieColumns.GrossWorldwide]);
        Assert.Equal("genre", row.Malformed!.Column);
    }

    [Theory]
    [InlineData("[{\"title\":\"a\"},]", ImportFormat.Json)]
    [InlineData("[{\"title\":\"a\"}", ImportFormat.Json)]
    [InlineData("[{\"title\":\"a\"}] x", ImportFormat.Json)]
    [InlineData("[{\"title\" \"a\"}]", ImportFormat.Json)]
    [InlineData("[", ImportFormat.Json)]
    [InlineData("nothing,known\n1,2\n", ImportFormat.Csv)]
    [InlineData("title,TITLE\n1,2\n", ImportFormat.Csv)]
    [InlineData("\n\n", ImportFormat.Csv)]
    [InlineData("title\na\0b\n", ImportFormat.Csv)]
    public async Task Unreadable_file_is_rejected_with_a_reason(string text, ImportFormat format)
    {
        var failure = await Assert.ThrowsAsync<BadFileException>(() => ReadAsync(text, format));
        Assert.NotEmpty(failure.Message);
    }

    [Fact]
    public async Task File_that_is_not_utf8_is_rejected()
    {
        byte[] latin1 = [.. "title\nAm"u8, 0xE9, .. "lie\n"u8];
        Assert.Contains(
            "UTF-8",
            (await Assert.ThrowsAsync<BadFileException>(() => SampleMovies.ReadAsync(latin1, ImportFormat.Csv))).Message,
            StringComparison.Ordinal
        );
        var utf16 = Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("title\na\n")).ToArray();
        Assert.Contains(
            "UTF-16",
            (await Assert.ThrowsAsync<BadFileException>(() => SampleMovies.ReadAsync(utf16, ImportFormat.Csv))).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(ImportFormat.Csv)]
    [InlineData(ImportFormat.Ndjson)]
    public async Task Endless_line_is_rejected_early(ImportFormat format)
    {
        var text = "title\n" + new string('a', 3 * GuardedStream.MaxLineLength);
        Assert.Contains(
            "longer",
            (await Assert.ThrowsAsync<BadFileException>(() => ReadAsync(text, format))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Unclosed_quote_is_rejected_before_the_whole_file_is_in_memory()
    {
        var text = "title,genre\n\"open,x\n" + string.Concat(Enumerable.Repeat("more,rows\n", 100_000));
        Assert.Contains(
            "quote",
            (await Assert.ThrowsAsync<BadFileException>(() => ReadAsync(text, ImportFormat.Csv))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Endless_json_element_is_rejected_early() =>
        await Assert.ThrowsAsync<BadFileException>(() =>
            ReadAsync("[{\"title\":\"" + new string('a', 3 * GuardedStream.MaxLineLength), ImportFormat.Json)
        );

    private static Task<List<SourceRow>> ReadAsync(string text, ImportFormat format) =>
        SampleMovies.ReadAsync(Encoding.UTF8.GetBytes(text), format);

    private static List<string> ParseMovies(List<SourceRow> rows)
    {
        var parser = new MovieRowParser(2011);
        return [.. rows.Select(row => parser.Parse(row, out var movie, out _) is [] ? $"ok {movie}" : "bad")];
    }
}
