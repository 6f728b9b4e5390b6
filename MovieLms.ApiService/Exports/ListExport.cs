using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using MovieLms.ApiService.Http;
using MovieLms.Data.Paging;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.RateLimiting;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace MovieLms.ApiService.Exports;

/// <summary>Endpoint metadata: the list can be exported.</summary>
/// <param name="Name">The name of the file, without its extension.</param>
internal sealed record ExportableList(string Name);

/// <summary>Makes lists exportable.</summary>
internal static class ListExportExtensions
{
    /// <summary>
    /// Lets clients export all items of a list, with its filters and in its order, by the header <c>Accept</c>. The handler must have a
    /// parameter of type <see cref="PageQuery"/> and return an uncached <see cref="Page{T}"/> if that is a batch of an export.
    /// </summary>
    /// <param name="endpoint">The list.</param>
    /// <param name="name">The name of the file, without its extension.</param>
    internal static RouteHandlerBuilder WithExport<T>(this RouteHandlerBuilder endpoint, string name)
        where T : class => endpoint.AddEndpointFilter<ListExport<T>>().WithMetadata(new ExportableList(name));
}

/// <summary>
/// Exports a list as CSV or NDJSON: calls the list's handler for one batch after the other and streams the items. Authorization, filters
/// and order are therefore those of the list, memory holds one batch, and no cursor of the database stays open while a client reads slowly.
/// </summary>
internal sealed partial class ListExport<T>(ExportGate gate, IOptions<JsonOptions> json, TimeProvider time, ILogger<ListExport<T>> logger)
    : IEndpointFilter
    where T : class
{
    /// <summary>Sends what is written when there is this much, so that a slow client delays the export and memory stays bounded.</summary>
    private const int FlushBytes = 16 * 1024;

    /// <summary>The time limit of an export, however slowly the client reads.</summary>
    private static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(10);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        if (ExportFormat.Of(http.Request) is not { } format)
            return await next(context);
        var argument = context.Arguments.IndexOf(context.Arguments.OfType<PageQuery>().Single());
        var batch = ((PageQuery)context.Arguments[argument]!).ToExport();
        var userId = http.User.Identity?.IsAuthenticated == true ? http.User.Id() : null;
        return await gate.RunAsync(userId, http.Address(), ExportAsync, http.RequestAborted);

        async Task<object?> ExportAsync()
        {
            using var limit = new CancellationTokenSource(MaxDuration, time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
            var result = await ReadAsync(batch);
            // A problem, such as an unknown course.
            if (PageOf(result) is not { } first)
                return result;
            SetHeaders(http, format);
            if (HttpMethods.IsHead(http.Request.Method))
                return TypedResults.Empty;
            // From here on, a failure cannot become a problem, because the client has received a part of the file.
            try
            {
                await WriteAsync(http, format, first, ReadNextAsync, stop.Token);
            }
            catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
            {
                // The client has disconnected.
            }
            catch (Exception exception)
            {
                LogFailure(logger, exception, http.Request.Path);
                http.Abort();
            }
            return TypedResults.Empty;
        }

        async Task<Page<T>?> ReadNextAsync(string cursor)
        {
            // The headers that the handler sets for later batches have no effect.
            var response = http.Features.GetRequiredFeature<IHttpResponseFeature>();
            http.Features.Set<IHttpResponseFeature>(new HttpResponseFeature());
            try
            {
                return PageOf(await ReadAsync(batch with { Cursor = cursor }));
            }
            finally
            {
                http.Features.Set(response);
            }
        }

        ValueTask<object?> ReadAsync(PageQuery page)
        {
            context.Arguments[argument] = page;
            return next(context);
        }
    }

    /// <summary>Writes all items.</summary>
    /// <exception cref="InvalidOperationException">A later batch could not be read, for example because the caller lost access.</exception>
    private async Task WriteAsync(
        HttpContext http,
        ExportFormat format,
        Page<T> page,
        Func<string, Task<Page<T>?>> readNext,
        CancellationToken cancellationToken
    )
    {
        var output = http.Response.BodyWriter;
        var writer = ExportWriter.Of(format, json.Value.SerializerOptions.GetTypeInfo(typeof(T)));
        writer.WriteHeader(output);
        while (true)
        {
            foreach (var item in page.Items)
            {
                writer.WriteItem(output, item);
                if (output.UnflushedBytes >= FlushBytes)
                    await output.FlushAsync(cancellationToken);
            }
            if (page.NextCursor is not { } cursor)
                break;
            // Starts the response with its own headers, and sends what a slow query would delay.
            await output.FlushAsync(cancellationToken);
            page = await readNext(cursor) ?? throw new InvalidOperationException("The list can no longer be read.");
        }
        await output.FlushAsync(cancellationToken);
    }

    private static void SetHeaders(HttpContext http, ExportFormat format)
    {
        var name = http.GetEndpoint()?.Metadata.GetMetadata<ExportableList>()?.Name ?? "export";
        http.Response.ContentType = $"{format.MediaType}; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}.{format.Extension}\"";
        http.Response.Headers.CacheControl = "no-store";
    }

    private static Page<T>? PageOf(object? result) =>
        result switch
        {
            INestedHttpResult nested => PageOf(nested.Result),
            IValueHttpResult<Page<T>> { Value: { } page } => page,
            _ => null,
        };

    [LoggerMessage(LogLevel.Warning, "The export of {Path} was aborted")]
    private static partial void LogFailure(ILogger logger, Exception exception, string path);
}
