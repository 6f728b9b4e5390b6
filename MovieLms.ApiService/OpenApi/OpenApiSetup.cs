using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.OpenApi.Examples;
using MovieLms.ServiceDefaults;
using MovieLms.ServiceDefaults.Compression;
using Scalar.AspNetCore;

namespace MovieLms.ApiService.OpenApi;

/// <summary>
/// Maps the OpenAPI document at <c>/openapi/v1.json</c>, its viewer at <c>/scalar</c>, and the hub's document at <c>/openapi/hub.json</c>.
/// </summary>
internal static class OpenApiSetup
{
    private const string Scheme = "bearer";

    internal static void AddApiDocument(this IServiceCollection services) =>
        services
            .AddSingleton<ApiDocument>()
            .AddOpenApi(
                ApiDocument.Name,
                options =>
                {
                    options.AddDocumentTransformer(Describe);
                    options.AddOperationTransformer(Protect);
                    options.AddDocumentTransformer<TagDescriptions>();
                    options.AddOperationTransformer<BodyErrors>();
                    options.AddOperationTransformer<ResponseHeaders>();
                    options.AddDocumentTransformer<ResponseHeaders>();
                    options.AddOperationTransformer<RequestHeaders>();
                    options.AddOperationTransformer<Deprecations>();
                    options.AddSchemaTransformer<Deprecations>();
                    options.AddOperationTransformer<FileResponses>();
                    options.AddOperationTransformer<ExportOperations>();
                    options.AddSchemaTransformer(AddMissingItems);
                    options.AddSchemaTransformer<EnumSchemas>();
                    options.AddSchemaTransformer<TimeSchemas>();
                    options.AddSchemaTransformer<Choices>();
                    options.AddOperationTransformer<Choices>();
                    options.AddSchemaTransformer<RequiredMembers>();
                    options.AddDocumentTransformer<RequiredMembers>();
                    options.AddSchemaTransformer<Variants>();
                    options.AddDocumentTransformer<Variants>();
                    options.AddSchemaTransformer<ProblemSchemas>();
                    options.AddDocumentTransformer<ExampleTransformer>();
                }
            );

    internal static void MapApiDocument(this WebApplication app)
    {
        if (!ApiReference.IsEnabled(app.Configuration, app.Environment))
            return;
        app.MapGet(ApiDocument.Path, ApiDocument.GetAsync).AllowAnonymous().WithCompression().ExcludeFromDescription();
        app.MapHubDescription();
        // The page loads nothing from other sites: no fonts, telemetry, chat or tools.
        app.MapScalarApiReference(options =>
                options
                    .WithTitle("MovieLms API")
                    .WithFavicon("/favicon.svg")
                    .WithTheme(ScalarTheme.None)
                    .WithCustomCss(ReferenceStyle.Css)
                    .AddHeadContent(ReferenceStyle.HeadContent)
                    .AddHeaderContent(ReferenceStyle.Header)
                    .AddPreferredSecuritySchemes("bearer")
                    .DisableDefaultFonts()
                    .DisableTelemetry()
                    .DisableAgent()
                    .DisableMcp()
                    .HideDeveloperTools()
                    .HideClientButton()
            )
            .AllowAnonymous();
    }

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "MovieLms API",
            Version = "v1",
            Description =
                "A backend for film schools and film clubs. Errors are problem details (RFC 9457). Lists are paged: pass the `nextCursor` of a page as "
                + "`cursor` to get the next one, add `count=true` for the total, or export a list as CSV or NDJSON by `Accept`. Documents have "
                + "an `ETag`; send it as `If-Match` to change only that version. `HEAD` works wherever `GET` does. Times are UTC in ISO 8601. "
                + "Lists, exports, analytics and this document are compressed (`br`, `gzip`) if `Accept-Encoding` allows it. Apart from "
                + "exports, `Accept` is ignored: responses have the declared media type. "
                + "Unknown query parameters and JSON members are rejected with 400. Members of an operation's own response are ignored in its "
                + "request, so a resource can be read, changed and sent back.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        // A relative URL, because the committed document must not contain the port of a test run.
        document.Servers =
        [
            new OpenApiServer
            {
                Url = "/",
                Description = "The address that serves this document, in development as in production.",
                Extensions = new Dictionary<string, IOpenApiExtension> { ["x-internal"] = new JsonNodeExtension(false) },
            },
            new OpenApiServer
            {
                Url = "https://{host}",
                Description = "A production installation, for clients that read this document from a file.",
                Variables = new Dictionary<string, OpenApiServerVariable>
                {
                    ["host"] = new()
                    {
                        Default = "movies.example.org",
                        Description = "The host of its public address, with a port if it has one.",
                    },
                },
                Extensions = new Dictionary<string, IOpenApiExtension> { ["x-internal"] = new JsonNodeExtension(false) },
            },
        ];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = Scheme,
            BearerFormat = "JWT",
            Description =
                "The `accessToken` of `POST /api/auth/login`. It expires after 10 minutes; `POST /api/auth/refresh` returns a new one. "
                + "Signed with ES256 and validated as RFC8725 recommends.",
        };
        return Task.CompletedTask;
    }

    private static Task Protect(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IAllowAnonymous>().Any())
            return Task.CompletedTask;
        var permissions = metadata.OfType<IAuthorizeData>().Select(data => data.Policy).OfType<string>().Distinct().ToArray();
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
        if (permissions.Length > 0)
            operation.Description = $"{operation.Description} Permission: `{string.Join("`, `", permissions)}`.".TrimStart();
        return Task.CompletedTask;
    }

    /// <summary>Adds an empty schema where the generator omits the items of an array. Some readers require it.</summary>
    private static Task AddMissingItems(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (schema.Type is { } type && type.HasFlag(JsonSchemaType.Array))
            schema.Items ??= new OpenApiSchema();
        return Task.CompletedTask;
    }
}
