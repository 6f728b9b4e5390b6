using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MovieLms.ServiceDefaults.Hardening;

/// <summary>
/// Handles plain HTTP requests where HTTPS is required. Browsers that request a page are redirected. API clients are refused: a
/// silent redirect would hide that they send their token unencrypted (OWASP ASVS 5.0, 4.1.2).
/// </summary>
internal static class PlainHttp
{
    private static readonly object Passed = new();

    internal static void UseHttpsForPagesOnly(this IApplicationBuilder app)
    {
        app.Use(
            async (context, next) =>
            {
                await next(context);
                if (!context.Items.ContainsKey(Passed) && !IsPageRequest(context.Request))
                    await RefuseAsync(context);
            }
        );
        app.UseHttpsRedirection();
        app.Use(
            (context, next) =>
            {
                context.Items[Passed] = true;
                return next(context);
            }
        );
    }

    private static bool IsPageRequest(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    private static async Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.Location = default;
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        await context
            .RequestServices.GetRequiredService<IProblemDetailsService>()
            .TryWriteAsync(
                new ProblemDetailsContext
                {
                    HttpContext = context,
                    ProblemDetails =
                    {
                        Status = StatusCodes.Status400BadRequest,
                        Title = "HTTPS is required",
                        Detail = "Send the request to the https:// address. A token sent over plain HTTP may have leaked: sign out.",
                    },
                }
            );
    }
}
