using MongoDB.Bson;
using MovieLms.Application.Live;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Storage;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Enrollments;

/// <summary>Rows that enrol existing users, known by their addresses, in the course that is the import's subject.</summary>
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
    private const int AtOnce = 4;

    public ImportKind Kind => ImportKind.Enrollments;

    public ColumnSet Columns => EnrollmentColumns;

    private static ColumnSet EnrollmentColumns { get; } = new("email", ["email", "e-mail", "mail"], ["name", "username"]);

    public IImportSurveyor BeginSurvey() => new CountingSurveyor();

    public IImportBatch BeginBatch(ImportDocument import) =>
        new Batch(this, import, import.SubjectId ?? throw new BadFileException("The import names no course."));

    private Task<IReadOnlyDictionary<string, ObjectId>> KnownAsync(
        IReadOnlyCollection<string> addresses,
        CancellationToken cancellationToken
    ) => users.IdsByEmailAsync(addresses, cancellationToken);

    /// <summary>The statuses of enrolling some users, null ones being nobody's.</summary>
    private async Task<WriteStatus[]> EnrollAsync(ObjectId courseId, IReadOnlyList<ObjectId?> students, CancellationToken cancellationToken)
    {
        var ends = new WriteStatus[students.Count];
        await Parallel.ForAsync(
            0,
            students.Count,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, token) =>
                ends[i] = students[i] is { } student
                    ? (await enrollments.EnrollAsync(courseId, student, token)).Status
                    : WriteStatus.NotFound
        );
        return ends;
    }

    /// <summary>Tells those whom the import has enrolled, earlier attempts at this batch included; the key makes that once.</summary>
    private async Task TellAsync(
        ImportDocument import,
        ObjectId courseId,
        IReadOnlyCollection<ObjectId> students,
        CancellationToken cancellationToken
    )
    {
        if (await courses.GetAsync(courseId, cancellationToken) is not { } course)
            return;
        var enrolled = await lists.EnrolledSinceAsync(courseId, students, import.CreatedAt, cancellationToken);
        await notifier.NotifyAsync(
            enrolled,
            "enrollment",
            $"You are enrolled in {course.Title}",
            $"You take part in the course {course.Title} from now on.",
            $"/api/courses/{course.Id}",
            $"enrollment:import:{import.Id}",
            cancellationToken
        );
    }

    private sealed class Batch(EnrollmentImportTarget target, ImportDocument import, ObjectId courseId) : IImportBatch
    {
        private readonly RowValues _values = new(EnrollmentColumns);
        private readonly List<Kept> _kept = [];
        private readonly List<RefusedRow> _refused = [];

        public int Corrected => 0;

        public IReadOnlyList<RefusedRow> Refused => _refused;

        public IReadOnlyList<ImportProblem> Add(in SourceRow row)
        {
            _values.Begin(row);
            var email = _values.RequiredText(Email, MaxEmailLength);
            var isAddress = EmailAddress.TryNormalize(email, out var normalized);
            if (!isAddress && _values.Problems.Count == 0)
                _values.Report(Email, "An e-mail address.");
            var problems = _values.Problems;
            if (problems.Count == 0)
                _kept.Add(new Kept(row.Number, row.Line, email, normalized));
            return problems;
        }

        public async Task StoreAsync(CancellationToken cancellationToken)
        {
            var known = await target.KnownAsync([.. _kept.Select(row => row.Normalized).Distinct()], cancellationToken);
            var ends = await target.EnrollAsync(
                courseId,
                [.. _kept.Select(row => known.TryGetValue(row.Normalized, out var user) ? user : (ObjectId?)null)],
                cancellationToken
            );
            await target.TellAsync(import, courseId, [.. known.Values], cancellationToken);
            for (var i = 0; i < _kept.Count; i++)
            {
                if (Refusal(ends[i], known.ContainsKey(_kept[i].Normalized)) is { } why)
                {
                    _refused.Add(
                        new RefusedRow(
                            _kept[i].Number,
                            _kept[i].Line,
                            [new ImportProblem(EnrollmentColumns.Names[Email], _kept[i].Email, why)]
                        )
                    );
                }
            }
        }

        /// <summary>Enrolled already is what the row asks for: it may be this import's earlier attempt.</summary>
        private static string? Refusal(WriteStatus end, bool isKnown) =>
            end switch
            {
                WriteStatus.Done or WriteStatus.Duplicate => null,
                WriteStatus.Full => "The course is full.",
                WriteStatus.ReadOnly => "The course is archived.",
                _ => isKnown ? "There is no such course any more." : "Nobody has this address. Invite them first.",
            };

        private sealed record Kept(long Number, long Line, string Email, string Normalized);
    }
}
