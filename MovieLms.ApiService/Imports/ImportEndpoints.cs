using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using MongoDB.Bson;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Imports;
using MovieLms.Data.Imports;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.ServiceDefaults.Http;

namespace MovieLms.ApiService.Imports;

/// <summary>Bulk imports and their results.</summary>
internal static class ImportEndpoints
{
    internal static IServiceCollection AddImports(this IServiceCollection services)
    {
        services.AddOptions<ImportQuotas>().BindConfiguration("Imports").ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<UploadReceiver>()
            .AddSingleton<ImportUpload>()
            .AddSingleton(provider => new SystemImports(
                provider.GetRequiredService<UploadReceiver>(),
                provider.GetRequiredService<ImportStore>(),
                provider.GetRequiredService<ImportSignals>()
            ));
    }

    internal static void MapImports(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/api/movies/import", ImportMoviesAsync)
            .AcceptsRows()
            .WithTags("Movies")
            .RequirePermission(Permissions.CatalogWrite)
            .WithName("importMovies")
            .WithSummary("Import movies")
            .WithDescription(
                "Adds or updates movies from a CSV, JSON array or NDJSON file, matched by title and release date. "
                    + "Responds with 202 at once; `GET` the `Location` to follow the progress."
            );

        routes
            .MapPost("/api/todos/import", ImportTodosAsync)
            .AcceptsRows()
            .WithTags("To-dos")
            .RequirePermission(Permissions.SignedIn)
            .WithName("importTodos")
            .WithSummary("Import to-dos")
            .WithDescription(
                "Adds to-dos for the caller from a CSV file with a header `title,description,dueDate,priority,done` "
                    + "in any order. Responds with 202 at once; `GET` the `Location` to follow the progress."
            );

        var imports = routes
            .MapArea("/api/imports", "Imports")
            .RequirePermission(Permissions.SignedIn)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);
        imports.MapImportList();
        imports
            .MapGet("/{id}", GetAsync)
            .WithName("getImport")
            .WithSummary("Get an import")
            .WithDescription("Imports of other users are not found.");
        imports
            .MapGet("/{id}/errors.csv", GetErrorsAsync)
            .WithName("getImportErrors")
            .WithSummary("Download the rejected rows of an import")
            .WithDescription("A CSV file with the line, column, value and message of each row that was not stored.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv");
        imports
            .MapGet("/{id}/report.pdf", GetReportAsync)
            .WithName("getImportReport")
            .WithSummary("Download the report of an import")
            .WithDescription("A PDF file with counts and errors. It exists once the import has ended; 404 until then.")
            .Produces(StatusCodes.Status200OK, contentType: "application/pdf");
    }

    /// <summary>Declares the body and the responses of an import endpoint for OpenAPI, because the handler reads the body itself.</summary>
    internal static RouteHandlerBuilder AcceptsRows(this RouteHandlerBuilder endpoint) =>
        endpoint
            .WithMaxBodySize(BodyLimits.Import)
            .DeclaresIdempotency()
            .WithMetadata(new ResponseHeader(StatusCodes.Status202Accepted, "Location"))
            .Produces<ImportAccepted>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesValidationProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .AddOpenApiOperationTransformer(
                (operation, _, _) =>
                {
                    var file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
                    var form = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Required = new HashSet<string> { UploadedFile.Field },
                        Properties = new Dictionary<string, IOpenApiSchema> { [UploadedFile.Field] = file },
                    };
                    operation.RequestBody = new OpenApiRequestBody
                    {
                        Required = true,
                        Description =
                            "A file of up to 50 MB in UTF-8, alone or in a form. Movies may also be a JSON array (`application/json`).",
                        Content = new Dictionary<string, OpenApiMediaType>
                        {
                            // JSON is not declared: only if all other types are binary do generated clients take a file and send a form.
                            ["text/csv"] = new() { Schema = file },
                            ["application/x-ndjson"] = new() { Schema = file },
                            ["multipart/form-data"] = new() { Schema = form },
                        },
                    };
                    return Task.CompletedTask;
                }
            );

    private static Task<IResult> ImportMoviesAsync(HttpContext http, ImportUpload upload) => upload.AcceptAsync(http, ImportKind.Movies);

    private static Task<IResult> ImportTodosAsync(HttpContext http, ImportUpload upload) => upload.AcceptAsync(http, ImportKind.Todos);

    private static async Task<Results<Ok<ImportResponse>, ProblemHttpResult>> GetAsync(
        string id,
        HttpContext http,
        ImportStore imports,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, http.User, imports, cancellationToken) is not { } import)
            return Problems.NotFound("import");
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(ImportResponse.From(import));
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> GetErrorsAsync(
        string id,
        HttpContext http,
        ImportStore imports,
        ImportErrorStore errors,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, http.User, imports, cancellationToken) is not { } import)
            return Problems.NotFound("import");
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        return TypedResults.Stream(
            body => ErrorsCsv.WriteAsync(body, errors.ReadAsync(import.Id, cancellationToken: cancellationToken), cancellationToken),
            "text/csv; charset=utf-8",
            $"import-{import.Id}-errors.csv"
        );
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> GetReportAsync(
        string id,
        HttpContext http,
        ImportStore imports,
        UploadStore files,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, http.User, imports, cancellationToken) is not { } import)
            return Problems.NotFound("import");
        if (import.FinishedAt is null || await files.TryOpenAsync(import.ReportId, cancellationToken) is not { } report)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status404NotFound,
                title: "Not found",
                detail: "The report is available when the import has ended."
            );
        }

        http.Response.Headers.CacheControl = "no-store";
        http.Response.ShowInline($"import-{import.Id}.pdf");
        return TypedResults.Stream(report, "application/pdf");
    }

    /// <summary>Returns the caller's import, or any user's import if the caller may read all imports.</summary>
    internal static async Task<ImportDocument?> FindAsync(
        string id,
        ClaimsPrincipal user,
        ImportStore imports,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var importId))
            return null;
        return await imports.FindAsync(
            importId,
            user.Can(Permissions.ImportsReadAll) ? null : ObjectId.Parse(user.Id()),
            cancellationToken
        );
    }
}
