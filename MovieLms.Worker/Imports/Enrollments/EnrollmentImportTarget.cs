using MongoDB.Bson;
using MovieLms.Application.Live;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Storage;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Enrollments;

/// <summary>Imports enrollments: each row enrolls an existing user, found by e-mail address, in the import's course.</summary>
internal sealed class EnrollmentImportTarget(
    EnrollmentStore enrollments,
    EnrollmentLists lists,
    UserStore users,
    CourseStore courses,
    Notifier notifier
) : IImportTarget
{
    private const int Email = 0;
    private const int MaxEmailLength = 254;
    private const int MaxParallelism = 4;

    public ImportKind Kind => ImportKind.Enrollments;

    public ColumnSet Columns => EnrollmentColumns;

    private static ColumnSet EnrollmentColumns { get; } = new("email", ["email", "e-mail", "mail"], ["name", "username"]);

    public IImportSurveyor BeginSurvey() => new CountingSurveyor();

    public IImportBatch BeginBatch(ImportDocument import) =>
        new Batch(this, import, import.SubjectId ?? throw new BadFileException("The import has no course."));

    private Task<IReadOnlyDictionary<string, ObjectId>> FindUsersAsync(
        IReadOnlyCollection<string> addresses,
        CancellationToken cancellationToken
    ) => users.GetIdsByEmailAsync(addresses, cancellationToken);

    /// <summary>Enrolls users and returns a status for each: NotFound for a null ID.</summary>
    private async Task<WriteStatus[]> EnrollAsync(ObjectId courseId, IReadOnlyList<ObjectId?> students, CancellationToken cancellationToken)
    {
        var statuses = new WriteStatus[students.Count];
        await Parallel.ForAsync(
            0,
            students.Count,
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallelism, CancellationToken = cancellationToken },
            async (i, token) =>
                statuses[i] = students[i] is { } student
                    ? (await enrollments.EnrollAsync(courseId, student, token)).Status
                    : WriteStatus.NotFound
        );
        return statuses;
    }

    /// <summary>
    /// Notifies the students that this import enrolled, including in an earlier attempt at this batch. The key prevents duplicates.
    /// </summary>
    private async Task NotifyEnrolledAsync(
        ImportDocument import,
        ObjectId courseId,
        IReadOnlyCollection<ObjectId> students,
        CancellationToken cancellationToken
    )
    {
        if (await courses.GetAsync(courseId, cancellationToken) is not { } course)
            return;
        var enrolled = await lists.ListEnrolledSinceAsync(courseId, students, import.CreatedAt, cancellationToken);
        await notifier.NotifyEnrolledAsync(enrolled, course, $"import:{import.Id}", cancellationToken);
    }

    private sealed class Batch(EnrollmentImportTarget target, ImportDocument import, ObjectId courseId) : IImportBatch
    {
        private readonly RowValues _values = new(EnrollmentColumns);
        private readonly List<ValidRow> _rows = [];
        private readonly List<RejectedRow> _rejected = [];

        public int Corrected => 0;

        public IReadOnlyList<RejectedRow> Rejected => _rejected;

        public IReadOnlyList<ImportProblem> Add(in SourceRow row)
        {
            _values.SetRow(row);
            var email = _values.ReadRequiredText(Email, MaxEmailLength);
            var isAddress = EmailAddress.TryNormalize(email, out var normalized);
            if (!isAddress && _values.Problems.Count == 0)
                _values.AddProblem(Email, "Must be an e-mail address.");
            var problems = _values.Problems;
            if (problems.Count == 0)
                _rows.Add(new ValidRow(row.Number, row.Line, email, normalized));
            return problems;
        }

        public async Task StoreAsync(CancellationToken cancellationToken)
        {
            var users = await target.FindUsersAsync([.. _rows.Select(row => row.Normalized).Distinct()], cancellationToken);
            var statuses = await target.EnrollAsync(
                courseId,
                [.. _rows.Select(row => users.TryGetValue(row.Normalized, out var user) ? user : (ObjectId?)null)],
                cancellationToken
            );
            await target.NotifyEnrolledAsync(import, courseId, [.. users.Values], cancellationToken);
            for (var i = 0; i < _rows.Count; i++)
            {
                if (GetRejectionReason(statuses[i], users.ContainsKey(_rows[i].Normalized)) is { } reason)
                {
                    _rejected.Add(
                        new RejectedRow(
                            _rows[i].Number,
                            _rows[i].Line,
                            [new ImportProblem(EnrollmentColumns.Names[Email], _rows[i].Email, reason)]
                        )
                    );
                }
            }
        }

        /// <summary>A duplicate is a success: an earlier attempt at this import may have enrolled the user.</summary>
        private static string? GetRejectionReason(WriteStatus status, bool userExists) =>
            status switch
            {
                WriteStatus.Done or WriteStatus.Duplicate => null,
                WriteStatus.Full => "The course is full.",
                WriteStatus.ReadOnly => "The course is archived.",
                _ => userExists ? "The course no longer exists." : "No user has this address. Invite the user first.",
            };

        private sealed record ValidRow(long Number, long Line, string Email, string Normalized);
    }
}
