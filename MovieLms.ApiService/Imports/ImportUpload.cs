using System.Globalization;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.ApiService.Http;
using MovieLms.Application.Imports;
using MovieLms.Data.Idempotency;
using MovieLms.Data.Imports;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.ApiService.Imports;

/// <summary>Handles the upload of every import endpoint: receives the file, responds with 202 and wakes a worker.</summary>
internal sealed class ImportUpload(UploadReceiver receiver, IdempotencyGate idempotency, ImportSignals signals)
{
    private const string Message = "Task processing started. You will receive a report shortly.";

    /// <summary>
    /// Accepts an upload. A retry gets the response of the first attempt. <paramref name="subjectId"/> is the course or assignment that
    /// the rows belong to, null for kinds without one. The caller of this method has checked that the user may change it.
    /// </summary>
    internal async Task<IResult> AcceptAsync(HttpContext http, ImportKind kind, ObjectId? subjectId = null)
    {
        try
        {
            var file = await UploadedFile.FindAsync(http.Request) ?? throw UploadRefusedException.WrongType();

            var attempt = await idempotency.BeginAsync(http, $"import {kind}{subjectId}");
            if (attempt is { IsOwner: false })
                return await ReplayAsync(attempt, file, http);
            var (import, answer) = await idempotency.RunAsync(attempt, () => ReceiveAsync(http, kind, subjectId, file, attempt));
            if (attempt is not null)
                await idempotency.RecordOutcomeAsync(attempt, answer, CancellationToken.None);
            await signals.WakeWorkersAsync();
            return new IdempotentResult(answer);
        }
        catch (UploadRefusedException refused)
        {
            return ToProblem(refused, http.Response);
        }
        catch (Exception e)
            when (e is InvalidDataException or IOException and not BadHttpRequestException && !http.RequestAborted.IsCancellationRequested)
        {
            throw new InvalidInputException(UploadedFile.Field, "The upload ended before the file was complete.");
        }
    }

    private async Task<(ImportDocument Import, IdempotentResponse Answer)> ReceiveAsync(
        HttpContext http,
        ImportKind kind,
        ObjectId? subjectId,
        UploadedFile file,
        IdempotencyDocument? attempt
    )
    {
        var import = await receiver.ReceiveAsync(
            IdempotencyGate.ResourceId(attempt),
            kind,
            ObjectId.Parse(http.User.Id()),
            subjectId,
            file,
            http.RequestAborted
        );
        var body = JsonSerializer.SerializeToUtf8Bytes(new ImportAccepted(import.Id.ToString(), ImportState.Queued, Message), Json.Options);
        var headers = new Dictionary<string, string>
        {
            ["Location"] = $"/api/imports/{import.Id}",
            ["Content-Type"] = "application/json; charset=utf-8",
            ["Cache-Control"] = "no-store",
        };
        return (import, new IdempotentResponse(import.File!.Sha256, StatusCodes.Status202Accepted, headers, body));
    }

    private static async Task<IResult> ReplayAsync(IdempotencyDocument earlier, UploadedFile file, HttpContext http)
    {
        if (earlier.Answer is not { } answer)
            return IdempotencyGate.InProgress(http);
        return await UploadReceiver.HashAsync(file.Content, http.RequestAborted) == answer.Fingerprint
            ? new IdempotentResult(answer)
            : TypedResults.Problem(IdempotencyGate.KeyReused);
    }

    private static IResult ToProblem(UploadRefusedException refused, HttpResponse response)
    {
        if (refused.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(
            new HttpValidationProblemDetails(new Dictionary<string, string[]> { [UploadedFile.Field] = [refused.Message] })
            {
                Status = refused.Status,
                Title = refused.Title,
                Detail = refused.Message,
            }
        );
    }
}
