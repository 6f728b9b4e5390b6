using MongoDB.Bson;
using MovieLms.Application.Live;
using MovieLms.Data.Assignments;
using MovieLms.Data.Courses;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Storage;
using MovieLms.Data.Submissions;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Grades;

/// <summary>Rows that grade what was handed in for the assignment that is the import's subject, by the students' addresses.</summary>
internal sealed class GradeImportTarget(
    AssignmentStore assignments,
    CourseStore courses,
    SubmissionStore submissions,
    UserStore users,
    Notifier notifier
) : IImportTarget
{
    public ImportKind Kind => ImportKind.Grades;

    public ColumnSet Columns => GradeRowParser.Columns;

    public IImportSurveyor BeginSurvey() => new CountingSurveyor();

    public IImportBatch BeginBatch(ImportDocument import) =>
        new Batch(this, import, import.SubjectId ?? throw new BadFileException("The import names no assignment."));

    private Task<IReadOnlyDictionary<string, ObjectId>> KnownAsync(
        IReadOnlyCollection<string> addresses,
        CancellationToken cancellationToken
    ) => users.IdsByEmailAsync(addresses, cancellationToken);

    /// <summary>Whether the assignment may be graded now: Done, NotFound or ReadOnly.</summary>
    private async Task<WriteStatus> CheckAsync(ObjectId assignmentId, CancellationToken cancellationToken)
    {
        if (
            await assignments.GetAsync(assignmentId, cancellationToken) is not { } assignment
            || await courses.GetAsync(assignment.CourseId, cancellationToken) is not { } course
        )
        {
            return WriteStatus.NotFound;
        }

        return assignment.ArchivedAt is not null || course.ArchivedAt is not null ? WriteStatus.ReadOnly : WriteStatus.Done;
    }

    /// <summary>Grades by a row and tells the student; told by a key of the row, so that a repeat tells nothing.</summary>
    private async Task<WriteStatus> GradeAsync(
        ImportDocument import,
        ObjectId assignmentId,
        ObjectId studentId,
        GradeRow row,
        CancellationToken cancellationToken
    )
    {
        var source = new GradeSource(import.Id, row.Number);
        var (status, graded) = await submissions.GradeImportedAsync(
            assignmentId,
            studentId,
            row.Grade,
            row.Feedback,
            import.OwnerId,
            source,
            cancellationToken
        );
        if (graded is null)
            return status;
        await notifier.NotifyGradedAsync(studentId, graded.Id, row.Grade, $"{import.Id}:{row.Number}", cancellationToken);
        return WriteStatus.Done;
    }

    private sealed class Batch(GradeImportTarget target, ImportDocument import, ObjectId assignmentId) : IImportBatch
    {
        private readonly GradeRowParser _parser = new();
        private readonly List<GradeRow> _kept = [];
        private readonly List<RefusedRow> _refused = [];

        public int Corrected => 0;

        public IReadOnlyList<RefusedRow> Refused => _refused;

        public IReadOnlyList<ImportProblem> Add(in SourceRow row)
        {
            var problems = _parser.Parse(row, out var good);
            if (good is not null)
                _kept.Add(good);
            return problems;
        }

        /// <summary>One after the other: of two rows of one student the later one counts.</summary>
        public async Task StoreAsync(CancellationToken cancellationToken)
        {
            var standing = await target.CheckAsync(assignmentId, cancellationToken);
            var known = await target.KnownAsync([.. _kept.Select(row => row.Normalized).Distinct()], cancellationToken);
            foreach (var row in _kept)
            {
                var isKnown = known.TryGetValue(row.Normalized, out var student);
                var end =
                    standing != WriteStatus.Done ? standing
                    : isKnown ? await target.GradeAsync(import, assignmentId, student, row, cancellationToken)
                    : WriteStatus.NotFound;
                if (Refusal(standing, end, isKnown) is { } why)
                {
                    _refused.Add(
                        new RefusedRow(
                            row.Number,
                            row.Line,
                            [new ImportProblem(GradeRowParser.Columns.Names[GradeRowParser.Email], row.Email, why)]
                        )
                    );
                }
            }
        }

        /// <summary>Graded so already is what the row asks for.</summary>
        private static string? Refusal(WriteStatus standing, WriteStatus end, bool isKnown) =>
            (standing, end) switch
            {
                (WriteStatus.NotFound, _) => "There is no such assignment any more.",
                (_, WriteStatus.ReadOnly) => "It is archived.",
                (_, WriteStatus.Done or WriteStatus.Duplicate) => null,
                _ => isKnown ? "This student has handed nothing in." : "Nobody has this address.",
            };
    }
}
