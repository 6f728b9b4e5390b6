using MongoDB.Bson;
using MovieLms.Data.Imports;
using MovieLms.Data.Todos;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Todos;

/// <summary>Imports to-dos of the user who uploaded the file.</summary>
internal sealed class TodoImportTarget(TodoStore todos, TimeProvider clock) : IImportTarget
{
    public ImportKind Kind => ImportKind.Todos;

    public ColumnSet Columns => TodoRowParser.Columns;

    public IImportSurveyor BeginSurvey() => new CountingSurveyor();

    public IImportBatch BeginBatch(ImportDocument import) => new Batch(todos, import, clock);

    private sealed class Batch(TodoStore todos, ImportDocument import, TimeProvider clock) : IImportBatch
    {
        private readonly TodoRowParser _parser = new();
        private readonly List<TodoDocument> _todos = [];

        public int Corrected => 0;

        public IReadOnlyList<ImportProblem> Add(in SourceRow row)
        {
            var problems = _parser.Parse(row, import.OwnerId, out var todo);
            if (problems.Count > 0)
                return problems;
            var now = clock.GetUtcNow();
            _todos.Add(
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

        public Task StoreAsync(CancellationToken cancellationToken) => todos.AddImportedAsync(_todos, cancellationToken);
    }
}
