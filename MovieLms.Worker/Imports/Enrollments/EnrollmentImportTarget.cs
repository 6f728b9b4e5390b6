using MongoDB.Bson;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Storage;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Enrollments;

/// <summary>Rows that enrol existing users, known by their addresses, in the course that is the import's subject.</summary>
internal sealed class EnrollmentImportTarget(EnrollmentStore enrollments, UserStore users) : IImportTarget
{
    private const int Email = 0;
    private const int LongestEmail = 254;
    private const int AtOnce = 4;

    public ImportKind Kind => ImportKind.Enrollments;

    public ColumnSet Columns => EnrollmentColumns;

    private static ColumnSet EnrollmentColumns { get; } = new("email", ["email", "e-mail", "mail"], ["name", "username"]);

    public IImportSurveyor BeginSurvey() => new CountingSurveyor();

    public IImportWriter BeginWriting(ImportDocument import) =>
        new Writer(enrollments, users, import.SubjectId ?? throw new BadFileException("The import names no course."));

    public Task CompletedAsync(ImportDocument import, CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed class Writer(EnrollmentStore enrollments, UserStore users, ObjectId courseId) : IImportWriter
    {
        private readonly RowValues _values = new(EnrollmentColumns);
        private readonly List<Kept> _kept = [];
        private readonly List<RefusedRow> _refused = [];

        public int Corrected => 0;

        public IReadOnlyList<RefusedRow> Refused => _refused;

        public IReadOnlyList<ImportProblem> Add(in SourceRow row)
        {
            _values.Begin(row);
            var email = _values.RequiredText(Email, LongestEmail);
            var isAddress = EmailAddress.TryNormalize(email, out var normalized);
            if (!isAddress && _values.Problems.Count == 0) _values.Report(Email, "An e-mail address.");
            var problems = _values.Problems;
            if (problems.Count == 0) _kept.Add(new Kept(row.Number, row.Line, email, normalized));
            return problems;
        }

        public async Task StoreAsync(CancellationToken cancellationToken)
        {
            _refused.Clear();
            var known = await users.IdsByEmailAsync([.. _kept.Select(row => row.Normalized).Distinct()], cancellationToken);
            var ends = new WriteStatus[_kept.Count];
            await Parallel.ForAsync(0, _kept.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (i, token) =>
                ends[i] = known.TryGetValue(_kept[i].Normalized, out var user) ? (await enrollments.EnrollAsync(courseId, user, token)).Status : WriteStatus.NotFound);
            for (var i = 0; i < _kept.Count; i++)
                if (Refusal(ends[i], known.ContainsKey(_kept[i].Normalized)) is { } why)
                    _refused.Add(new RefusedRow(_kept[i].Number, _kept[i].Line, [new ImportProblem(EnrollmentColumns.Names[Email], _kept[i].Email, why)]));
            _kept.Clear();
        }

        /// <summary>Enrolled already is what the row asks for: it may be this import's earlier attempt.</summary>
        private static string? Refusal(WriteStatus end, bool isKnown) => end switch
        {
            WriteStatus.Done or WriteStatus.Duplicate => null,
            WriteStatus.Full => "The course is full.",
            WriteStatus.ReadOnly => "The course is archived.",
            _ => isKnown ? "There is no such course any more." : "Nobody has this address. Invite them first.",
        };

        private sealed record Kept(long Number, long Line, string Email, string Normalized);
    }
}
