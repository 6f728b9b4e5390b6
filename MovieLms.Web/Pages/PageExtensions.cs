using MovieLms.ServiceDefaults;
using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.Web.Pages;

/// <summary>The pages for people, shared by the gateway and Standalone.</summary>
public static class PageExtensions
{
    /// <summary>Registers the error page for browsers. Programs keep their problem documents.</summary>
    public static IHostApplicationBuilder AddPages(this IHostApplicationBuilder builder)
    {
        // Writers are asked in order, and the framework's own accepts what browsers send.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, ErrorPageWriter>());
        return builder;
    }

    /// <summary>Maps the start page, <c>/favicon.svg</c> and <c>/robots.txt</c>.</summary>
    /// <param name="app">The host.</param>
    /// <param name="hasMail">True when <c>/mail</c> shows caught mail.</param>
    public static WebApplication MapPages(this WebApplication app, bool hasMail)
    {
        var pages = app.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        var hasReference = ApiReference.IsEnabled(app.Configuration, app.Environment);
        pages
            .MapGet("/", (HttpContext http) => StartPage.Get(http, PublicUrl.Of(app.Configuration), hasMail, hasReference))
            .WithName("startPage");
        pages.MapGet(Icon.Path, Icon.Get).WithName("icon");
        pages.MapGet("/robots.txt", () => TypedResults.Text("User-agent: *\nDisallow: /\n")).WithName("robots");
        return app;
    }
}
