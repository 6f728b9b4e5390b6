using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using MovieLms.Web.Analytics;
using MovieLms.Web.Accounts;
using MovieLms.Web.Assets;
using MovieLms.Web.Layout;
using MovieLms.Web.Session;
using MovieLms.Web.Start;

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
        // The first matching writer and handler are used, and the framework's would match requests from browsers.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, ErrorPageWriter>());
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IExceptionHandler, PageExceptionHandler>());
        return builder;
    }

    /// <summary>
    /// Maps the pages, their assets, <c>/favicon.svg</c> and <c>/robots.txt</c>. If <paramref name="hasMail"/> is true, the start page
    /// links to <c>/mail</c>.
    /// </summary>
    public static WebApplication MapPages(this WebApplication app, bool hasMail)
    {
        // Checks the forms of pages. No endpoint of a service asks for it.
        app.UseAntiforgery();
        app.Use(next => context => IsForged(context) ? RefuseFormAsync(context) : next(context));
        var pages = app.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        var components = pages.MapRazorComponents<App>();
        if (hasMail)
            components.WithMetadata(new CaughtMail());
        pages.MapAssets();
        pages.MapAccounts();
        pages.MapGet(Icon.Path, Icon.Get).WithName("icon");
        pages.MapGet("/robots.txt", () => TypedResults.Text("User-agent: *\nDisallow: /\n")).WithName("robots");
        return app;
    }

    private static bool IsForged(HttpContext context) =>
        context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false } && ErrorPageWriter.IsPage(context);

    private static async Task RefuseFormAsync(HttpContext context)
    {
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
                        Title = "The form has expired",
                        Detail = "Reload the page and send the form again.",
                    },
                }
            );
    }
}
