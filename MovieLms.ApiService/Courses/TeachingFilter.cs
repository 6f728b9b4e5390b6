using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.ApiService.Courses;

/// <summary>
/// Drops what is cached of teaching after each request to an area that may write: before its answer is sent, and though the client has
/// gone.
/// </summary>
internal static class TeachingFilter
{
    /// <summary>For areas of courses, lectures and assignments, whose changes many users' answers show.</summary>
    internal static RouteGroupBuilder DropsTeaching(this RouteGroupBuilder area) =>
        area.AddEndpointFilter(
            async (context, next) =>
            {
                var http = context.HttpContext;
                try
                {
                    return await next(context);
                }
                finally
                {
                    // Also after an exception: the client may have disconnected between the write and the answer.
                    if (!HttpMethods.IsGet(http.Request.Method))
                        await http.RequestServices.GetRequiredService<JsonCache>().DropTeachingAsync(CancellationToken.None);
                }
            }
        );
}
