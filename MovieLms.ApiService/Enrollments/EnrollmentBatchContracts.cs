// Requests are public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MovieLms.ApiService.Http;

namespace MovieLms.ApiService.Enrollments;

/// <summary>Students to enroll in a course and to withdraw from it.</summary>
public sealed record EnrollmentBatchRequest
{
    /// <summary>Maximum number of rows of both lists together.</summary>
    internal const int MaxRows = 200;

    [MaxLength(MaxRows), Description("Students to enroll. At most 200 rows, together with `withdraw`.")]
    public IReadOnlyList<StudentReference>? Enroll { get; init; }

    [MaxLength(MaxRows), Description("Students to withdraw. These rows are applied first, so that their seats can be taken.")]
    public IReadOnlyList<StudentReference>? Withdraw { get; init; }
}

/// <summary>A student, by ID or by e-mail address.</summary>
public sealed record StudentReference
{
    [Description("The student's ID; not together with `email`.")]
    public string? StudentId { get; init; }

    [Description("The student's e-mail address; not together with `studentId`.")]
    public string? Email { get; init; }
}

/// <summary>The results of a batch: one per row, those of `withdraw` first, each list in its order.</summary>
internal sealed record EnrollmentBatchResponse(
    [property: Description("Number of rows that were applied.")] int Succeeded,
    [property: Description("Number of rows that were rejected.")] int Failed,
    IReadOnlyList<EnrollmentBatchResult> Results
);

/// <summary>The result of a row.</summary>
internal sealed record EnrollmentBatchResult(
    [property: Choices("enroll", "withdraw"), Description("The list of the row.")] string Action,
    [property: Description("The position in that list, starting at 0.")] int Index,
    [property: Description("The status that the request for this student alone would have: 201, 204, 400, 404 or 409.")] int Status,
    [property: Description("The student; null if the row does not identify one.")] string? StudentId,
    [property: Description("The enrollment; null if the row was rejected.")] string? EnrollmentId,
    [property: Description("Why the row was rejected; null if it was applied.")] EnrollmentBatchProblem? Problem
);

/// <summary>The problem (RFC 9457) of a rejected row, as the request for this student alone would return it.</summary>
internal sealed record EnrollmentBatchProblem(
    string? Type,
    string? Title,
    int? Status,
    string? Detail,
    [property: Description("Messages by member of the row; null unless the row is invalid.")] IReadOnlyDictionary<string, string[]>? Errors
);
