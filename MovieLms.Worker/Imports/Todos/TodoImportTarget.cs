using MongoDB.Bson;
using MovieLms.Data.Imports;
using MovieLms.Data.Todos;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Todos;

/// <summary>Rows that become to-dos of whoever uploaded the file.</summary>
internal sealed class TodoImportTarget(TodoStore todos, JsonCache cache, TimeProvider clock) : IImportTarget
{
    public ImportKind Kind => ImportKind.Todos;

    public ColumnSet Columns => TodoRowParser.Columns;

    public IImportSurveyor BeginSurvey() => new CountingSurveyor();

    public IImportBatch BeginBatch(ImportDocument import) => new Batch(todos, cache, import, clock);

    public Task CompletedAsync(ImportDocument import, CancellationToken cancellationToken) =>
        cache.DropTodosAsync(import.OwnerId.ToString(), cancellationToken).AsTask();

    private sealed class Batch(TodoStore todos, JsonCache cache, ImportDocument import, TimeProvider clock) : IImportBatch
    {
        private readonly TodoRowParser _parser = new();
        private readonly List<TodoDocument> _kept = [];

        public int Corrected => 0;

        public IReadOnlyList<ImportProblem> Add(in SourceRow row)
        {
            var problems = _parser.Parse(row, import.OwnerId, out var todo);
            if (problems.Count > 0)
                return problems;
            var now = clock.GetUtcNow();
            _kept.Add(
                todo with
                {
                    Id = ObjectId.GenerateNewId(),
                    ImportId = import.Id,
                    ImportRow = row.Number,
                    CreatedAt = now,
                    UpdatedAt = now,
                }
            );
            return problems;
        }

        public async Task StoreAsync(CancellationToken cancellationToken)
        {
            await todos.AddImportedAsync(_kept, cancellationToken);
            await cache.DropTodosAsync(import.OwnerId.ToString(), CancellationToken.None);
        }
    }
}
