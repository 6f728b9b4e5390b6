using System.Globalization;
using System.Text;

namespace MovieLms.Web.Todos;

/// <summary>A file to fill in and import.</summary>
internal static class TodoTemplate
{
    internal const string Path = "/todos/template.csv";

    internal static void MapTodoPages(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet(
                Path,
                (TimeProvider time) =>
                    TypedResults.File(Encoding.UTF8.GetBytes(Create(time.GetUtcNow())), "text/csv; charset=utf-8", "todos.csv")
            )
            .WithName("todoTemplate");

    /// <summary>Returns a file with two rows as examples, which are due soon.</summary>
    internal static string Create(DateTimeOffset now)
    {
        var nextWeek = now.UtcDateTime.AddDays(7);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            title,description,dueDate,priority,done
            Watch The Red Shoes,Note the colors of the ballet,{nextWeek:yyyy-MM-dd},high,no
            Return the camera,,{nextWeek.AddDays(3):yyyy-MM-dd}T17:00Z,medium,no

            """
        );
    }
}
