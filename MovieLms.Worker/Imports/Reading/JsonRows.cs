using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace MovieLms.Worker.Imports.Reading;

/// <summary>Rows of one JSON array, an element at a time: the array is never in memory as a whole.</summary>
internal static class JsonRows
{
    private const int FirstBuffer = 64 * 1024;
    private const int MaxElementBytes = 1024 * 1024;

    internal static async IAsyncEnumerable<SourceRow> ReadAsync(
        Stream file,
        ColumnSet columns,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var owned = file;
        var (buffer, length, rows, cut) = (new byte[FirstBuffer], 0, new List<SourceRow>(), new Cutter(columns));
        while (true)
        {
            var read = await file.ReadAsync(buffer.AsMemory(length), cancellationToken);
            length += read;
            rows.Clear();
            var used = cut.Next(buffer.AsSpan(0, length), isLast: read == 0, rows);
            foreach (var row in rows)
                yield return row;
            if (read == 0)
                yield break;
            buffer.AsSpan(used, length - used).CopyTo(buffer);
            length -= used;
            if (length < buffer.Length)
                continue;
            if (length >= MaxElementBytes)
                throw new BadFileException($"Row {cut.Count + 1} (line {cut.Line}) is longer than {MaxElementBytes / 1024} KB.");
            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    /// <summary>Cuts the array's elements out of what has arrived.</summary>
    private sealed class Cutter(ColumnSet columns)
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

        /// <returns>How many bytes are done with.</returns>
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
                    return !isLast || _expected == Expected.Nothing ? at : throw Malformed("the array has no end");
                var taken = Take(bytes[at..], isLast, rows);
                if (taken == 0)
                    return at;
                at += taken;
            }
        }

        private int Take(ReadOnlySpan<byte> bytes, bool isLast, List<SourceRow> rows)
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
                    return TakeElement(bytes, isLast, rows);
                default:
                    throw Malformed("a comma, or the array's end, is wanted");
            }
        }

        private int TakeElement(ReadOnlySpan<byte> bytes, bool isLast, List<SourceRow> rows)
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
