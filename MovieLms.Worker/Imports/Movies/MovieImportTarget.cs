using MovieLms.Data.Imports;
using MovieLms.Data.Movies;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Movies;

/// <summary>Imports movies, matched by title and release date.</summary>
internal sealed class MovieImportTarget(MovieImporter importer) : IImportTarget
{
    public ImportKind Kind => ImportKind.Movies;

    public ColumnSet Columns => MovieColumns.All;

    public IImportSurveyor BeginSurvey() => new Surveyor();

    public IImportBatch BeginBatch(ImportDocument import) => new Batch(importer, import.Survey?.NewestYear);

    private sealed class Surveyor : IImportSurveyor
    {
        private readonly CenturyRule _century = new();

        public void Observe(in SourceRow row)
        {
            if (
                row.Values[MovieColumns.ReleaseDate]?.Trim() is { } text
                && Dates.TryParse(text, out var date, out var hasMonthName)
                && hasMonthName
            )
            {
                _century.Add(date);
            }
        }

        public ImportSurvey GetResult(long rows) => new(rows, _century.GetNewestYear());
    }

    private sealed class Batch(MovieImporter importer, int? newestYear) : IImportBatch
    {
        private readonly MovieRowParser _parser = new(newestYear);
        private readonly List<MovieImportRow> _movies = [];

        public int Corrected { get; private set; }

        public IReadOnlyList<ImportProblem> Add(in SourceRow row)
        {
            var problems = _parser.Parse(row, out var movie, out var isCorrected);
            if (problems.Count > 0)
                return problems;
            _movies.Add(movie);
            if (isCorrected)
                Corrected++;
            return problems;
        }

        public async Task StoreAsync(CancellationToken cancellationToken)
        {
            if (_movies.Count > 0)
                await importer.UpsertBatchAsync(_movies, cancellationToken);
        }
    }
}
