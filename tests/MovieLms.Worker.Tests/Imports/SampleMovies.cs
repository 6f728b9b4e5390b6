using System.Text;
using System.Text.Json;
using MovieLms.Data.Imports;
using MovieLms.Testing.Processes;
using MovieLms.Worker.Imports.Movies;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Tests.Imports;

/// <summary>The sample file in its original format and converted to the other formats.</summary>
internal static class SampleMovies
{
    internal static byte[] Json { get; } = File.ReadAllBytes(Path.Combine(Repository.Root, "samples", "movies.json"));

    internal static byte[] Ndjson { get; } =
        Encoding.UTF8.GetBytes(string.Join('\n', Elements().Select(movie => JsonSerializer.Serialize(movie))));

    internal static byte[] Csv(char delimiter = ',')
    {
        var movies = Elements().ToArray();
        var names = movies[0].EnumerateObject().Select(member => member.Name).Reverse().ToArray();
        var text = new StringBuilder().AppendJoin(delimiter, names.Select(name => name.ToUpperInvariant())).Append("\r\n");
        foreach (var movie in movies)
            text.AppendJoin(delimiter, names.Select(name => Cell(movie.GetProperty(name)))).Append("\r\n");
        return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())];
    }

    internal static IEnumerable<JsonElement> Elements() => JsonDocument.Parse(Json).RootElement.EnumerateArray();

    internal static async Task<List<SourceRow>> ReadAsync(byte[] file, ImportFormat format, ColumnSet? columns = null)
    {
        var rows = new List<SourceRow>();
        await foreach (var row in RowReader.ReadAsync(new SlowStream(file), format, columns ?? MovieColumns.All, CancellationToken.None))
            rows.Add(row);
        return rows;
    }

    private static string Cell(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => string.Empty,
            JsonValueKind.String => $"\"{value.GetString()!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
            _ => value.GetRawText(),
        };

    /// <summary>Returns a file in small, uneven pieces, as a network does. Readers must not depend on where a piece ends.</summary>
    private sealed class SlowStream(byte[] file) : MemoryStream(file)
    {
        private int _reads;
        private bool _isAsync;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _isAsync = true;
            var read = await base.ReadAsync(buffer[..Math.Min(buffer.Length, 1 + (_reads++ * 37 % 4099))], cancellationToken);
            _isAsync = false;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            _isAsync ? base.Read(buffer, offset, count) : throw new NotSupportedException("Readers must not block.");
    }
}
