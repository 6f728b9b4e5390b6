using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.ServiceDefaults.Errors;

/// <summary>
/// Converts a request's exception to a problem: invalid input names the field, an outage asks to retry, and all else shows a trace ID only.
/// </summary>
internal sealed partial class ExceptionToProblem(IProblemDetailsService problems, ILogger<ExceptionToProblem> logger) : IExceptionHandler
{
    private const string RetryAfterSeconds = "5";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }
        var problem = ToProblem(exception);
        // The exception has already disposed the log scopes of the request's middleware.
        using var scope = logger.BeginUserScope(httpContext.User);
        if (problem.Status >= 500)
        {
            LogFailure(
                logger,
                exception,
                httpContext.Request.Method,
                httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.DisplayName
            );
        }

        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            httpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
        // The exception middleware cleared the response, including these headers.
        SecurityHeaders.AddMissing(httpContext);
        httpContext.Response.StatusCode = problem.Status ?? StatusCodes.Status500InternalServerError;
        return await problems.TryWriteAsync(
            new ProblemDetailsContext
            {
                HttpContext = httpContext,
                ProblemDetails = problem,
                Exception = exception,
            }
        );
    }

    private static ProblemDetails ToProblem(Exception exception) =>
        exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } => Invalid(JsonField.Of(json), JsonField.Message(json)),
            BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad => BadParameter.ToProblem(bad),
            // Drops the server's own message. ProblemExtensions adds one that names the limit.
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } bad
                when bad.GetType() != typeof(BadHttpRequestException) => new ProblemDetails { Status = bad.StatusCode },
            BadHttpRequestException bad => new ProblemDetails { Status = bad.StatusCode, Detail = bad.Message },
            InvalidInputException invalid => Invalid(invalid.Field, invalid.Message),
            MongoConnectionException
            or MongoConnectionPoolPausedException
            or MongoNotPrimaryException
            or MongoNodeIsRecoveringException
            or TimeoutException => new ProblemDetails
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Title = "The database is unavailable",
                Detail = "Accepted changes are not lost. Try again shortly.",
            },
            MongoExecutionTimeoutException => new ProblemDetails
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Title = "The query took too long",
                Detail = "The query was stopped at its time limit. Narrow the filter, or try again.",
            },
            BusyException busy => new ProblemDetails
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Title = busy.Message,
                Detail = "Try again shortly.",
            },
            _ => new ProblemDetails { Status = StatusCodes.Status500InternalServerError, Title = "An unexpected error occurred" },
        };

    private static HttpValidationProblemDetails Invalid(string field, string message) =>
        new(new Dictionary<string, string[]> { [field] = [message] }) { Status = StatusCodes.Status400BadRequest };

    [LoggerMessage(LogLevel.Error, "{Method} {Endpoint} failed")]
    private static partial void LogFailure(ILogger logger, Exception exception, string method, string? endpoint);
}
