using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using MovieLms.Data.Imports;

namespace MovieLms.Worker.Imports.Reading;

/// <summary>Reads rows from NDJSON, one JSON object per line. A malformed line is an error of that row only.</summary>
internal static class NdjsonRows
{
    internal static async IAsyncEnumerable<SourceRow> ReadAsync(
        Stream file,
        ColumnSet columns,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var pipe = PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        var (number, line, rows) = (0L, 0L, new List<SourceRow>());
        try
        {
            while (true)
            {
                var result = await pipe.ReadAsync(cancellationToken);
                rows.Clear();
                var rest = Split(result.Buffer, result.IsCompleted, columns, rows, ref number, ref line);
                foreach (var row in rows)
                    yield return row;
                pipe.AdvanceTo(rest, result.Buffer.End);
                if (result.IsCompleted)
                    break;
            }
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    private static SequencePosition Split(
        ReadOnlySequence<byte> buffer,
        bool isLast,
        ColumnSet columns,
        List<SourceRow> rows,
        ref long number,
        ref long line
    )
    {
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryReadTo(out ReadOnlySpan<byte> text, (byte)'\n'))
            Add(text, columns, rows, ref number, ref line);
        if (!isLast)
            return reader.Position;
        Add(reader.UnreadSequence.ToArray(), columns, rows, ref number, ref line);
        return buffer.End;
    }

    private static void Add(ReadOnlySpan<byte> text, ColumnSet columns, List<SourceRow> rows, ref long number, ref long line)
    {
        line++;
        if (line == 1 && text.StartsWith(Encoding.UTF8.Preamble))
            text = text[Encoding.UTF8.Preamble.Length..];
        text = text.Trim(" \t\r"u8);
        if (text.IsEmpty)
            return;
        number++;
        try
        {
            rows.Add(JsonObjects.Read(text, columns, number, line));
        }
        catch (JsonException e)
        {
            rows.Add(
                new SourceRow(
                    number,
                    line,
                    new string?[columns.Names.Length],
                    new ImportProblem(
                        string.Empty,
                        Encoding.UTF8.GetString(text),
                        $"The JSON is malformed at byte {e.BytePositionInLine + 1} of the line."
                    )
                )
            );
        }
    }
}
