using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace MovieLms.Worker.Imports.Reading;

/// <summary>Reads rows from a JSON array one element at a time, so that the whole array is never in memory.</summary>
internal static class JsonRows
{
    private const int InitialBufferSize = 64 * 1024;
    private const int MaxElementBytes = 1024 * 1024;

    internal static async IAsyncEnumerable<SourceRow> ReadAsync(
        Stream file,
        ColumnSet columns,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var owned = file;
        var (buffer, length, rows, splitter) = (new byte[InitialBufferSize], 0, new List<SourceRow>(), new Splitter(columns));
        while (true)
        {
            var read = await file.ReadAsync(buffer.AsMemory(length), cancellationToken);
            length += read;
            rows.Clear();
            var used = splitter.Next(buffer.AsSpan(0, length), isLast: read == 0, rows);
            foreach (var row in rows)
                yield return row;
            if (read == 0)
                yield break;
            buffer.AsSpan(used, length - used).CopyTo(buffer);
            length -= used;
            if (length < buffer.Length)
                continue;
            if (length >= MaxElementBytes)
                throw new BadFileException($"Row {splitter.Count + 1} (line {splitter.Line}) is longer than {MaxElementBytes / 1024} KB.");
            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    /// <summary>Splits the bytes read so far into the elements of the array.</summary>
    private sealed class Splitter(ColumnSet columns)
    {
        private Expected _expected = Expected.Start;

        private enum Expected
        {
            Start,
            FirstElementOrEnd,
            Element,
            CommaOrEnd,
            Nothing,
        }

        internal long Count { get; private set; }

        internal long Line { get; private set; } = 1;

        /// <returns>The number of bytes consumed.</returns>
        internal int Next(ReadOnlySpan<byte> bytes, bool isLast, List<SourceRow> rows)
        {
            var at = 0;
            if (_expected == Expected.Start && bytes.StartsWith(Encoding.UTF8.Preamble))
                at = Encoding.UTF8.Preamble.Length;
            while (true)
            {
                for (; at < bytes.Length && bytes[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'; at++)
                {
                    if (bytes[at] == '\n')
                        Line++;
                }

                if (at == bytes.Length)
                    return !isLast || _expected == Expected.Nothing ? at : throw Malformed("the array is not closed");
                var consumed = Consume(bytes[at..], isLast, rows);
                if (consumed == 0)
                    return at;
                at += consumed;
            }
        }

        private int Consume(ReadOnlySpan<byte> bytes, bool isLast, List<SourceRow> rows)
        {
            switch (_expected, bytes[0])
            {
                case (Expected.Start, (byte)'['):
                    _expected = Expected.FirstElementOrEnd;
                    return 1;
                case (Expected.FirstElementOrEnd or Expected.CommaOrEnd, (byte)']'):
                    _expected = Expected.Nothing;
                    return 1;
                case (Expected.CommaOrEnd, (byte)','):
                    _expected = Expected.Element;
                    return 1;
                case (Expected.FirstElementOrEnd or Expected.Element, _):
                    return ConsumeElement(bytes, isLast, rows);
                default:
                    throw Malformed("expected a comma or the end of the array");
            }
        }

        private int ConsumeElement(ReadOnlySpan<byte> bytes, bool isLast, List<SourceRow> rows)
        {
            try
            {
                var reader = new Utf8JsonReader(bytes, isLast, new JsonReaderState(JsonObjects.Options));
                if (!reader.Read() || !reader.TrySkip())
                    return 0;
                var element = bytes[..(int)reader.BytesConsumed];
                rows.Add(JsonObjects.Read(element, columns, ++Count, Line));
                Line += element.Count((byte)'\n');
                _expected = Expected.CommaOrEnd;
                return element.Length;
            }
            catch (JsonException e)
            {
                throw Malformed($"byte {e.BytePositionInLine + 1} of line {Line + e.LineNumber}");
            }
        }

        private BadFileException Malformed(string where) => new($"The JSON is malformed at row {Count + 1}, line {Line}: {where}.");
    }
}
