using System.ComponentModel;
using System.Text.Json.Serialization;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Gradebooks;
using MovieLms.Data.Paging;

namespace MovieLms.ApiService.Gradebooks;

/// <summary>One page of the gradebook of a course.</summary>
internal sealed record GradebookResponse(
    string CourseId,
    string CourseTitle,
    [property: Description("The columns, in the order of their creation; at most 500. The same on each page.")]
        IReadOnlyList<GradebookAssignment> Assignments,
    [property: Description("Number of lectures of the course.")] int Lectures,
    [property: Description("The rows, in the order in which the students registered.")] IReadOnlyList<GradebookStudent> Items,
    string? NextCursor
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("The number of rows of the whole gradebook. Only with `count=true`.")]
    public PageTotal? Total { get; init; }

    internal static GradebookResponse From(CourseDocument course, GradebookColumns columns, Page<GradebookRow> page) =>
        new(
            course.Id.ToString(),
            course.Title,
            [.. columns.Assignments.Select(GradebookAssignment.From)],
            columns.Lectures,
            [.. page.Items.Select(row => GradebookStudent.From(row, columns))],
            page.NextCursor
        )
        {
            Total = page.Total,
        };
}

/// <summary>An assignment with the totals of the enrolled students.</summary>
internal sealed record GradebookAssignment(
    string Id,
    string Title,
    DateTimeOffset? DueAt,
    [property: Description("Number of students who submitted.")] int Submitted,
    [property: Description("Number of those whose current submission is late.")] int Late,
    [property: Description("Number of graded submissions.")] int Graded,
    [property: Description("Mean of the grades, 0 to 100; null without one.")] double? AverageGrade
)
{
    internal static GradebookAssignment From(GradebookColumn column) =>
        new(column.Id.ToString(), column.Title, column.DueAt, column.Submitted, column.Late, column.Graded, column.AverageGrade);
}

/// <summary>A student in a gradebook.</summary>
internal sealed record GradebookStudent(
    string StudentId,
    [property: Description("Null when the account is gone.")] string? StudentName,
    [property: Description("Null when the account is gone.")] string? StudentEmail,
    string EnrollmentId,
    EnrollmentStatus Status,
    [property: Description("The grade for the course, 0 to 100; null without one.")] double? Grade,
    [property: Description("In the order of the assignments, without those that the student has not submitted.")]
        IReadOnlyList<GradebookSubmission> Submissions,
    [property: Description("Mean of the grades of the submissions; null without one.")] double? AverageGrade,
    [property: Description("Number of assignments that the student submitted.")] int Submitted,
    [property: Description("Number of those whose current submission is late.")] int Late,
    [property: Description("Number of lectures that the student attended.")] int Attended
)
{
    internal static GradebookStudent From(GradebookRow row, GradebookColumns columns) =>
        new(
            row.StudentId.ToString(),
            row.Name,
            row.Email,
            row.EnrollmentId.ToString(),
            row.Status,
            row.Grade,
            GradebookSubmission.InOrder(row, columns),
            row.GetAverageGrade(),
            row.Submissions.Count,
            row.CountLate(),
            row.Attended
        );
}

/// <summary>A student's submission for an assignment.</summary>
internal sealed record GradebookSubmission(
    string AssignmentId,
    string SubmissionId,
    [property: Description("0 to 100; null while it is not graded.")] double? Grade,
    [property: Description("Whether the current work was submitted after the due date.")] bool Late,
    DateTimeOffset SubmittedAt
)
{
    /// <summary>Returns a student's submissions in the order of the columns.</summary>
    internal static IReadOnlyList<GradebookSubmission> InOrder(GradebookRow row, GradebookColumns columns)
    {
        var byAssignment = row.Submissions.ToDictionary(submission => submission.AssignmentId);
        return
        [
            .. columns
                .Assignments.Select(assignment => byAssignment.GetValueOrDefault(assignment.Id))
                .OfType<GradebookCell>()
                .Select(cell => new GradebookSubmission(
                    cell.AssignmentId.ToString(),
                    cell.Id.ToString(),
                    cell.Grade,
                    cell.IsLate,
                    cell.SubmittedAt
                )),
        ];
    }
}

/// <summary>The caller's own grades in a course.</summary>
internal sealed record OwnGradesResponse(
    string CourseId,
    string CourseTitle,
    [property: Description("In the order of their creation; at most 500.")] IReadOnlyList<OwnAssignment> Assignments,
    [property: Description("Number of lectures of the course.")] int Lectures,
    EnrollmentStatus Status,
    [property: Description("The grade for the course, 0 to 100; null without one.")] double? Grade,
    [property: Description("In the order of the assignments, without those that the caller has not submitted.")]
        IReadOnlyList<GradebookSubmission> Submissions,
    [property: Description("Mean of the grades of the submissions; null without one.")] double? AverageGrade,
    [property: Description("Number of lectures that the caller attended.")] int Attended
)
{
    internal static OwnGradesResponse From(CourseDocument course, GradebookColumns columns, GradebookRow row) =>
        new(
            course.Id.ToString(),
            course.Title,
            [.. columns.Assignments.Select(column => new OwnAssignment(column.Id.ToString(), column.Title, column.DueAt))],
            columns.Lectures,
            row.Status,
            row.Grade,
            GradebookSubmission.InOrder(row, columns),
            row.GetAverageGrade(),
            row.Attended
        );
}

/// <summary>An assignment as a student sees it in their grades: without the totals of others.</summary>
internal sealed record OwnAssignment(string Id, string Title, DateTimeOffset? DueAt);
