using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.ServiceDefaults.Errors;

/// <summary>Reports every error as a problem document (RFC 9457) with a trace ID and without a stack trace.</summary>
internal static class ProblemExtensions
{
    internal static void AddProblems(this IHostApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = Complete);
        ProblemWriter.Replace(builder.Services);
        builder.Services.AddExceptionHandler<ExceptionToProblem>();
        // Passes a parse error of the body on with its cause, which names the field.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(options => Json.Configure(options.SerializerOptions));
    }

    internal static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.RefuseUnknownCharsets();
    }

    /// <summary>Returns a message with the largest body that the server accepts for the endpoint.</summary>
    private static string? DescribeBodyLimit(HttpContext http) =>
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is { } bytes
            ? string.Create(CultureInfo.InvariantCulture, $"The request body must not exceed {bytes} bytes.")
            : null;

    private static void Complete(ProblemDetailsContext context)
    {
        context.ProblemDetails.Extensions["traceId"] = Activity.Current?.Id ?? context.HttpContext.TraceIdentifier;
        if (context.ProblemDetails is { Status: StatusCodes.Status413PayloadTooLarge, Detail: null })
            context.ProblemDetails.Detail = DescribeBodyLimit(context.HttpContext);
        // For a broken transfer of the body, the framework sets only the status.
        if (context.ProblemDetails is { Status: StatusCodes.Status400BadRequest, Detail: null } and not HttpValidationProblemDetails)
            context.ProblemDetails.Detail = "The request is not valid HTTP, or its body ended early.";
    }
}
