using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.ApiService.Courses;

/// <summary>Drops what is cached of teaching after each request to an area that may write: before its answer is sent, and though the client has gone.</summary>
internal static class TeachingFilter
{
    /// <summary>For areas of courses, lectures and assignments, whose changes many users' answers show.</summary>
    internal static RouteGroupBuilder DropsTeaching(this RouteGroupBuilder area) => area.AddEndpointFilter(async (context, next) =>
    {
        var result = await next(context);
        var http = context.HttpContext;
        if (!HttpMethods.IsGet(http.Request.Method))
            await http.RequestServices.GetRequiredService<JsonCache>().DropTeachingAsync(CancellationToken.None);
        return result;
    });
}
