using System.ComponentModel;
using System.Text.Json;
using Microsoft.OpenApi;
using MovieLms.ApiService.Assignments;
using MovieLms.ApiService.Http;
using MovieLms.Data.Assignments;
using MovieLms.Data.Idempotency;
using MovieLms.Data.Imports;
using MovieLms.Data.Submissions;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.ApiService.Submissions;

/// <summary>
/// Accepts work: the file first, then the submission that names it. A file that no submission names is removed, at the latest by
/// the Worker's sweep.
/// </summary>
internal static class SubmissionIntake
{
    internal static async Task<IResult> SubmitAsync(
        [Description("The assignment's id")] string id,
        HttpContext http,
        AssignmentStore assignments,
        CourseMembers members,
        SubmissionStore submissions,
        UploadStore files,
        IdempotencyGate gate
    )
    {
        if (
            !Problems.TryId(id, out var key)
            || await assignments.GetAsync(key, http.RequestAborted) is not { } assignment
            || await members.StandingAsync(assignment.CourseId, http.User, http.RequestAborted) is not { Role: CourseRole.Student } standing
        )
        {
            return Problems.NotFound("assignment");
        }

        if (standing.IsArchived || assignment.ArchivedAt is not null)
            return Problems.ReadOnly();
        var attempt = await gate.BeginAsync(http, $"submit {key}");
        var content = await gate.HoldAsync(
            attempt is { IsMine: true } ? attempt : null,
            () => SubmittedContent.ReadAsync(http.Request, files)
        );
        if (attempt is { IsMine: false })
        {
            await ForgetAsync(content, files);
            if (attempt.Answer is not { } earlier)
                return TypedResults.Problem(IdempotencyGate.StillRunning);
            return earlier.Fingerprint == content.Fingerprint
                ? new IdempotentResult(earlier)
                : TypedResults.Problem(IdempotencyGate.OtherContent);
        }
        var answer = await gate.HoldAsync(attempt, () => StoreAsync(assignment, http, content, submissions, files));
        if (answer.Result is null)
        {
            if (attempt is not null)
            {
                await gate.SettleAsync(
                    attempt,
                    new IdempotentAnswer(content.Fingerprint, StatusCodes.Status409Conflict, new Dictionary<string, string>(), []),
                    CancellationToken.None
                );
            }

            return answer.Problem!;
        }
        if (attempt is not null)
            await gate.SettleAsync(attempt, answer.Result, CancellationToken.None);
        return new IdempotentResult(answer.Result);
    }

    private static async Task<(IdempotentAnswer? Result, IResult? Problem)> StoreAsync(
        AssignmentDocument assignment,
        HttpContext http,
        SubmittedContent content,
        SubmissionStore submissions,
        UploadStore files
    )
    {
        // The work has arrived: it is stored even if the client has disconnected, so that its file is always named by a submission.
        var (status, written) = await submissions.SubmitAsync(
            assignment,
            http.User.ObjectId(),
            content.Text,
            content.File,
            CancellationToken.None
        );
        if (written is null)
        {
            await ForgetAsync(content, files);
            return (null, Problems.Of(status, "change of this submission", string.Empty));
        }
        var headers = new Dictionary<string, string>
        {
            ["Location"] = $"/api/submissions/{written.Id}",
            ["ETag"] = ETags.Of(written.Version),
            ["Content-Type"] = "application/json; charset=utf-8",
            ["Cache-Control"] = "no-store",
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(SubmissionResponse.From(written, isStaff: false), Json.Options);
        return (new IdempotentAnswer(content.Fingerprint, StatusCodes.Status201Created, headers, body), null);
    }

    private static Task ForgetAsync(SubmittedContent content, UploadStore files) =>
        content.File is { } file ? files.DeleteAsync(file.Id, CancellationToken.None) : Task.CompletedTask;

    /// <summary>What it takes and answers, for OpenAPI; the handler reads the body itself.</summary>
    internal static RouteHandlerBuilder TakesWork(this RouteHandlerBuilder endpoint) =>
        endpoint
            .WithMaxBodySize(BodyLimits.UploadForm)
            .Produces<SubmissionResponse>(StatusCodes.Status201Created)
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .AddOpenApiOperationTransformer(
                (operation, _, _) =>
                {
                    IOpenApiSchema text = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = SubmissionLimits.Text };
                    IOpenApiSchema file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
                    operation.RequestBody = new OpenApiRequestBody
                    {
                        Required = true,
                        Content = new Dictionary<string, OpenApiMediaType>
                        {
                            ["application/json"] = new()
                            {
                                Schema = new OpenApiSchema
                                {
                                    Type = JsonSchemaType.Object,
                                    Properties = new Dictionary<string, IOpenApiSchema> { ["text"] = text },
                                },
                            },
                            ["multipart/form-data"] = new()
                            {
                                Schema = new OpenApiSchema
                                {
                                    Type = JsonSchemaType.Object,
                                    Properties = new Dictionary<string, IOpenApiSchema> { ["text"] = text, ["file"] = file },
                                },
                            },
                        },
                    };
                    return Task.CompletedTask;
                }
            );
}
