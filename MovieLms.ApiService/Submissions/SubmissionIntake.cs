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
using MovieLms.ServiceDefaults.Http;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.ApiService.Submissions;

/// <summary>
/// Accepts submissions. The file is stored first, then the submission that refers to it. A file without a submission is deleted, at the
/// latest by the Worker's sweep.
/// </summary>
internal static class SubmissionIntake
{
    internal static async Task<IResult> SubmitAsync(
        [Description("The assignment's ID")] string id,
        HttpContext http,
        AssignmentStore assignments,
        CourseMembers members,
        SubmissionStore submissions,
        UploadStore files,
        SubmissionResponseFactory responses,
        IdempotencyGate gate
    )
    {
        if (
            !Problems.TryParseId(id, out var key)
            || await assignments.GetAsync(key, http.RequestAborted) is not { } assignment
            || await members.GetStandingAsync(assignment.CourseId, http.User, http.RequestAborted)
                is not { Role: not CourseRole.None } standing
        )
        {
            return Problems.NotFound("assignment");
        }

        if (standing.Role != CourseRole.Student)
            return Problems.Forbidden("Only the students of the course may submit work.");
        if (standing.IsArchived || assignment.ArchivedAt is not null)
            return Problems.ReadOnly();
        var attempt = await gate.BeginAsync(http, $"submit {key}");
        var content = await gate.RunAsync(
            attempt is { IsOwner: true } ? attempt : null,
            () => SubmittedContent.ReadAsync(http.Request, files)
        );
        if (attempt is { IsOwner: false })
        {
            await DeleteFileAsync(content, files);
            if (attempt.Answer is not { } earlier)
                return IdempotencyGate.InProgress(http);
            return earlier.Fingerprint == content.Fingerprint
                ? new IdempotentResult(earlier)
                : TypedResults.Problem(IdempotencyGate.KeyReused);
        }
        var answer = await gate.RunAsync(attempt, () => StoreAsync(assignment, http, content, submissions, files, responses));
        if (answer.Result is null)
        {
            if (attempt is not null)
            {
                await gate.RecordOutcomeAsync(
                    attempt,
                    new IdempotentResponse(content.Fingerprint, StatusCodes.Status409Conflict, new Dictionary<string, string>(), []),
                    CancellationToken.None
                );
            }

            return answer.Problem!;
        }
        if (attempt is not null)
            await gate.RecordOutcomeAsync(attempt, answer.Result, CancellationToken.None);
        return new IdempotentResult(answer.Result);
    }

    private static async Task<(IdempotentResponse? Result, IResult? Problem)> StoreAsync(
        AssignmentDocument assignment,
        HttpContext http,
        SubmittedContent content,
        SubmissionStore submissions,
        UploadStore files,
        SubmissionResponseFactory responses
    )
    {
        // The submission has arrived, so it is stored even if the client has disconnected. Otherwise its file would have no submission.
        var (status, written) = await submissions.SubmitAsync(
            assignment,
            http.User.GetObjectId(),
            content.Text,
            content.File,
            CancellationToken.None
        );
        if (written is null)
        {
            await DeleteFileAsync(content, files);
            return (null, Problems.FromStatus(status, "submission", string.Empty));
        }
        var response = await responses.CreateAsync(written, isStaff: false, CancellationToken.None);
        var body = JsonSerializer.SerializeToUtf8Bytes(response, Json.Options);
        var headers = new Dictionary<string, string>
        {
            ["Location"] = $"/api/submissions/{written.Id}",
            ["ETag"] = EntityTag.Of(written.Version, body),
            ["Content-Type"] = "application/json; charset=utf-8",
            ["Cache-Control"] = "no-store",
        };
        return (new IdempotentResponse(content.Fingerprint, StatusCodes.Status201Created, headers, body), null);
    }

    private static Task DeleteFileAsync(SubmittedContent content, UploadStore files) =>
        content.File is { } file ? files.DeleteAsync(file.Id, CancellationToken.None) : Task.CompletedTask;

    /// <summary>Declares the body and the responses for OpenAPI, because the handler reads the body itself.</summary>
    internal static RouteHandlerBuilder AcceptsSubmission(this RouteHandlerBuilder endpoint) =>
        endpoint
            .WithMaxBodySize(BodyLimits.UploadForm)
            .DeclaresIdempotency()
            .WithMetadata(new ResponseHeader(StatusCodes.Status201Created, "ETag"))
            .Produces<SubmissionResponse>(StatusCodes.Status201Created)
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .AddOpenApiOperationTransformer(
                (operation, _, _) =>
                {
                    // Generated clients omit a part only if it may be null.
                    const JsonSchemaType OptionalText = JsonSchemaType.String | JsonSchemaType.Null;
                    IOpenApiSchema text = new OpenApiSchema { Type = OptionalText, MaxLength = SubmissionLimits.Text };
                    IOpenApiSchema file = new OpenApiSchema { Type = OptionalText, Format = "binary" };
                    // Only the form: given two kinds of objects, client generators send the form's members as JSON.
                    operation.RequestBody = new OpenApiRequestBody
                    {
                        Required = true,
                        Description = "A text, a file of up to 10 MB, or both. A text alone may also be sent as JSON: `{\"text\": …}`.",
                        Content = new Dictionary<string, OpenApiMediaType>
                        {
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
