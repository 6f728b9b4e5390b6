using System.Diagnostics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MovieLms.Web.Layout;

/// <summary>The HTML page for an error.</summary>
internal static class ErrorPage
{
    /// <summary>Writes the page for the status of the response. It must not have started.</summary>
    internal static async Task WriteAsync(HttpContext http)
    {
        var status = http.Response.StatusCode;
        var (title, text) = Describe(status);
        var trace = status == StatusCodes.Status500InternalServerError ? Activity.Current?.Id ?? http.TraceIdentifier : null;
        RenderFragment content = builder =>
        {
            builder.OpenComponent<ErrorContent>(0);
            builder.AddComponentParameter(1, nameof(ErrorContent.Status), status);
            builder.AddComponentParameter(2, nameof(ErrorContent.Title), title);
            builder.AddComponentParameter(3, nameof(ErrorContent.Text), text);
            builder.AddComponentParameter(4, nameof(ErrorContent.TraceId), trace);
            builder.CloseComponent();
        };
        // The renderer of a request belongs to one page, and the page that failed may have used it.
        await using var scope = http.RequestServices.CreateAsyncScope();
        var services = http.RequestServices;
        try
        {
            http.RequestServices = scope.ServiceProvider;
            await new RazorComponentResult<App>(new Dictionary<string, object?> { [nameof(App.Content)] = content })
            {
                StatusCode = status,
            }.ExecuteAsync(http);
        }
        finally
        {
            http.RequestServices = services;
        }
    }

    private static (string Title, string Text) Describe(int status) =>
        status switch
        {
            StatusCodes.Status400BadRequest => ("This form has expired", "Go back, reload the page and send the form again."),
            StatusCodes.Status403Forbidden => ("You may not open this page", "Your account does not have the rights for it."),
            StatusCodes.Status404NotFound => ("Page not found", "There is no page at this address."),
            StatusCodes.Status405MethodNotAllowed => ("Page not found", "This address does not accept what was sent."),
            StatusCodes.Status413PayloadTooLarge => ("This is too large", "Choose a smaller file."),
            StatusCodes.Status429TooManyRequests => ("Too many requests", "Wait a few seconds and try again."),
            StatusCodes.Status500InternalServerError => ("Something went wrong", "The failure was recorded. Try again."),
            _ => ("Not available right now", "The service behind this page does not respond. Try again in a few seconds."),
        };
}
