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

/// <summary>Imports grades: each row grades the submission of a student, found by e-mail address, for the import's assignment.</summary>
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
        new Batch(this, import, import.SubjectId ?? throw new BadFileException("The import has no assignment."));

    private Task<IReadOnlyDictionary<string, ObjectId>> FindUsersAsync(
        IReadOnlyCollection<string> addresses,
        CancellationToken cancellationToken
    ) => users.GetIdsByEmailAsync(addresses, cancellationToken);

    /// <summary>Checks that the assignment can be graded. Returns Done, NotFound or ReadOnly.</summary>
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

    /// <summary>Stores a row's grade and notifies the student. The notification's key contains the row, to prevent duplicates.</summary>
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
        private readonly List<GradeRow> _rows = [];
        private readonly List<RejectedRow> _rejected = [];

        public int Corrected => 0;

        public IReadOnlyList<RejectedRow> Rejected => _rejected;

        public IReadOnlyList<ImportProblem> Add(in SourceRow row)
        {
            var problems = _parser.Parse(row, out var gradeRow);
            if (gradeRow is not null)
                _rows.Add(gradeRow);
            return problems;
        }

        /// <summary>Stores the rows one after the other: of two rows of a student, the later one counts.</summary>
        public async Task StoreAsync(CancellationToken cancellationToken)
        {
            var assignmentStatus = await target.CheckAsync(assignmentId, cancellationToken);
            var users = await target.FindUsersAsync([.. _rows.Select(row => row.Normalized).Distinct()], cancellationToken);
            foreach (var row in _rows)
            {
                var userExists = users.TryGetValue(row.Normalized, out var student);
                var status =
                    assignmentStatus != WriteStatus.Done ? assignmentStatus
                    : userExists ? await target.GradeAsync(import, assignmentId, student, row, cancellationToken)
                    : WriteStatus.NotFound;
                if (GetRejectionReason(assignmentStatus, status, userExists) is { } reason)
                {
                    _rejected.Add(
                        new RejectedRow(
                            row.Number,
                            row.Line,
                            [new ImportProblem(GradeRowParser.Columns.Names[GradeRowParser.Email], row.Email, reason)]
                        )
                    );
                }
            }
        }

        /// <summary>A duplicate is a success: the submission already has this grade.</summary>
        private static string? GetRejectionReason(WriteStatus assignmentStatus, WriteStatus status, bool userExists) =>
            (assignmentStatus, status) switch
            {
                (WriteStatus.NotFound, _) => "The assignment no longer exists.",
                (_, WriteStatus.ReadOnly) => "The assignment or its course is archived.",
                (_, WriteStatus.Done or WriteStatus.Duplicate) => null,
                _ => userExists ? "The student has not submitted anything." : "No user has this address.",
            };
    }
}
