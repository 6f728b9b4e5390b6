using MovieLms.ServiceDefaults;
using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.Web.Pages;

/// <summary>Adds the pages that the gateway and Standalone share.</summary>
public static class PageExtensions
{
    /// <summary>Registers the error page for browsers. Other clients still get problem documents.</summary>
    public static IHostApplicationBuilder AddPages(this IHostApplicationBuilder builder)
    {
        // The first matching writer is used, and the framework's writer would match requests from browsers.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, ErrorPageWriter>());
        return builder;
    }

    /// <summary>
    /// Maps the start page, <c>/favicon.svg</c> and <c>/robots.txt</c>. If <paramref name="hasMail"/> is true, the start page links to
    /// <c>/mail</c>.
    /// </summary>
    public static WebApplication MapPages(this WebApplication app, bool hasMail)
    {
        var pages = app.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        var hasReference = ApiReference.IsEnabled(app.Configuration, app.Environment);
        pages
            .MapGet("/", (HttpContext http) => StartPage.Get(http, PublicUrl.Get(app.Configuration), hasMail, hasReference))
            .WithName("startPage");
        pages.MapGet(Icon.Path, Icon.Get).WithName("icon");
        pages.MapGet("/robots.txt", () => TypedResults.Text("User-agent: *\nDisallow: /\n")).WithName("robots");
        return app;
    }
}
