using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using MovieLms.Web.Accounts;
using MovieLms.Web.Administration;
using MovieLms.Web.Analytics;
using MovieLms.Web.Imports;
using MovieLms.Web.Layout;
using MovieLms.Web.Session;
using MovieLms.Web.Start;
using MovieLms.Web.Todos;

namespace MovieLms.Web.Pages;

/// <summary>Adds the pages that the gateway and Standalone share.</summary>
public static class PageExtensions
{
    /// <summary>Registers the pages, and error pages for browsers. Other clients still get problem documents.</summary>
    public static IHostApplicationBuilder AddPages(this IHostApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents();
        builder.AddConsoleApi();
        builder.Services.AddScoped<AnalyticsClient>();
        builder.AddAccounts();
        builder.Services.AddAdministration();
        // The first matching writer and handler are used, and the framework's would match requests from browsers.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, ErrorPageWriter>());
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IExceptionHandler, PageExceptionHandler>());
        return builder;
    }

    /// <summary>
    /// Maps the pages, their assets, <c>/favicon.svg</c> and <c>/robots.txt</c>. If <paramref name="hasMail"/> is true, the start page
    /// links to <c>/mail</c>. <paramref name="isFirstStart"/> returns whether the link that creates the first administrator waits to be
    /// used; null in a host that shows no such link.
    /// </summary>
    public static WebApplication MapPages(this WebApplication app, bool hasMail, Func<bool>? isFirstStart = null)
    {
        // Checks the forms of pages. No endpoint of a service asks for it.
        app.UseAntiforgery();
        app.Use(next => context => IsForged(context) ? RefuseFormAsync(context) : next(context));
        var pages = app.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        var components = pages.MapRazorComponents<App>();
        if (hasMail)
            components.WithMetadata(new CaughtMail());
        pages.MapPageAssets();
        if (isFirstStart is not null)
            components.WithMetadata(new FirstStart(isFirstStart));
        pages.MapAccounts();
        pages.MapImportPages();
        pages.MapAdministration();
        pages.MapTodoPages();
        pages.MapGet("/robots.txt", () => TypedResults.Text("User-agent: *\nDisallow: /\n")).WithName("robots");
        return app;
    }

    private static bool IsForged(HttpContext context) =>
        context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false } && ErrorPageWriter.IsPage(context);

    /// <summary>Refuses a form without a valid token. A form that is too large has none either, because it was not read.</summary>
    private static async Task RefuseFormAsync(HttpContext context)
    {
        var isTooLarge = context.Request.ContentLength > context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        var (status, title, detail) = isTooLarge
            ? (StatusCodes.Status413PayloadTooLarge, "The form is too large", "Choose a smaller file.")
            : (StatusCodes.Status400BadRequest, "The form has expired", "Reload the page and send the form again.");
        context.Response.StatusCode = status;
        await context
            .RequestServices.GetRequiredService<IProblemDetailsService>()
            .TryWriteAsync(
                new ProblemDetailsContext
                {
                    HttpContext = context,
                    ProblemDetails =
                    {
                        Status = status,
                        Title = title,
                        Detail = detail,
                    },
                }
            );
    }
}
