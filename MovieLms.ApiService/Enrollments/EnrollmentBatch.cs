using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.ApiService.Http;
using MovieLms.Application.Live;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Enrollments;

/// <summary>
/// Applies the rows of a batch one after the other: first withdrawals, then enrollments. Each row is one operation with an ID that
/// follows from the batch, and the write that applies it records the ID in the enrollment. A repeated batch therefore skips the rows that
/// an interrupted attempt has applied.
/// </summary>
internal sealed class EnrollmentBatch(UserStore users, EnrollmentStore enrollments, Notifier notifier)
{
    private const string Enroll = "enroll";
    private const string Withdraw = "withdraw";

    /// <param name="course">A course that the caller manages.</param>
    /// <param name="body">At most <see cref="EnrollmentBatchRequest.MaxRows"/> rows.</param>
    /// <param name="batchId">The same for each attempt of one request.</param>
    /// <param name="cancellationToken">Stops before the next row.</param>
    internal async Task<EnrollmentBatchResponse> ApplyAsync(
        CourseDocument course,
        EnrollmentBatchRequest body,
        ObjectId batchId,
        CancellationToken cancellationToken
    )
    {
        List<Row> rows = [.. ToRows(Withdraw, body.Withdraw), .. ToRows(Enroll, body.Enroll)];
        var addresses = rows.Select(row => row.Address).OfType<string>().Distinct().ToList();
        var known = await users.GetIdsByEmailAsync(addresses, cancellationToken);
        var active = await users.GetActiveIdsAsync([.. rows.Select(row => row.Id).OfType<ObjectId>().Distinct()], cancellationToken);
        var results = new List<EnrollmentBatchResult>(rows.Count);
        foreach (var row in rows)
        {
            var student = row.Id ?? (row.Address is { } address && known.TryGetValue(address, out var found) ? found : null);
            var operation = DeriveOperation(batchId, row);
            var result =
                row.Error is { } error ? row.ToResult(student, error)
                : student is not { } studentId ? row.ToResult(null, Problems.NotFound("student").ProblemDetails)
                : row.Action == Withdraw ? await WithdrawAsync(row, course, studentId, operation, cancellationToken)
                : row.Id is null || active.Contains(studentId) ? await EnrollAsync(row, course, studentId, operation, cancellationToken)
                : row.ToResult(null, Problems.NotFound("student").ProblemDetails);
            results.Add(result);
        }

        var failed = results.Count(result => result.Problem is not null);
        return new EnrollmentBatchResponse(results.Count - failed, failed, results);
    }

    private async Task<EnrollmentBatchResult> EnrollAsync(
        Row row,
        CourseDocument course,
        ObjectId studentId,
        ObjectId operation,
        CancellationToken cancellationToken
    )
    {
        var (status, enrollment) = await enrollments.EnrollOnceAsync(course.Id, studentId, operation, cancellationToken);
        if (enrollment is null)
            return row.ToResult(studentId, EnrollmentWrites.ToProblem(status).ProblemDetails);
        // The operation identifies the notification, so that a repeated batch sends no second one.
        await notifier.NotifyEnrolledAsync([studentId], course, operation.ToString(), CancellationToken.None);
        return row.ToResult(studentId, enrollment, StatusCodes.Status201Created);
    }

    private async Task<EnrollmentBatchResult> WithdrawAsync(
        Row row,
        CourseDocument course,
        ObjectId studentId,
        ObjectId operation,
        CancellationToken cancellationToken
    )
    {
        var (status, enrollment) = await enrollments.WithdrawOnceAsync(course.Id, studentId, operation, cancellationToken);
        return enrollment is null
            ? row.ToResult(studentId, EnrollmentWrites.ToProblem(status).ProblemDetails)
            : row.ToResult(studentId, enrollment, StatusCodes.Status204NoContent);
    }

    /// <summary>Returns the ID of a row's operation: the same for each attempt, and different for each row.</summary>
    private static ObjectId DeriveOperation(ObjectId batchId, Row row)
    {
        Span<byte> source = stackalloc byte[12 + 1 + 4];
        batchId.ToByteArray().CopyTo(source);
        source[12] = row.Action == Withdraw ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(source[13..], row.Index);
        return new ObjectId(SHA256.HashData(source)[..12]);
    }

    private static IEnumerable<Row> ToRows(string action, IReadOnlyList<StudentReference>? references) =>
        (references ?? []).Select((reference, index) => Row.Parse(action, index, reference));

    /// <summary>A parsed row: an ID, a normalized address, or an error.</summary>
    private sealed record Row(string Action, int Index, ObjectId? Id, string? Address, ProblemDetails? Error)
    {
        internal static Row Parse(string action, int index, StudentReference? reference) =>
            reference switch
            {
                { StudentId: not null, Email: not null } => Invalid(action, index, "email", "A row has either `studentId` or `email`."),
                { StudentId: { } text } => ObjectId.TryParse(text, out var id)
                    ? new Row(action, index, id, null, null)
                    : Invalid(action, index, "studentId", "The student ID must have 24 hexadecimal digits."),
                { Email: { } text } => EmailAddress.TryNormalize(text.Trim(), out var address)
                    ? new Row(action, index, null, address, null)
                    : Invalid(action, index, "email", "The value must be an e-mail address."),
                _ => Invalid(action, index, "studentId", "A row has either `studentId` or `email`."),
            };

        internal EnrollmentBatchResult ToResult(ObjectId? studentId, EnrollmentDocument enrollment, int status) =>
            new(Action, Index, status, studentId?.ToString(), enrollment.Id.ToString(), null);

        internal EnrollmentBatchResult ToResult(ObjectId? studentId, ProblemDetails problem) =>
            new(
                Action,
                Index,
                problem.Status ?? StatusCodes.Status400BadRequest,
                studentId?.ToString(),
                null,
                new EnrollmentBatchProblem(
                    problem.Type,
                    problem.Title,
                    problem.Status,
                    problem.Detail,
                    (problem as HttpValidationProblemDetails)?.Errors.ToDictionary()
                )
            );

        private static Row Invalid(string action, int index, string field, string message)
        {
            var problem = TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] }).ProblemDetails;
            return new Row(action, index, null, null, problem);
        }
    }
}
