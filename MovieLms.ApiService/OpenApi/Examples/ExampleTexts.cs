namespace MovieLms.ApiService.OpenApi.Examples;

/// <summary>The examples of uploads and of responses that are not JSON.</summary>
internal static class ExampleTexts
{
    private static readonly Dictionary<string, string> Uploads = new()
    {
        ["importMovies"] = "title,genre,year,rating\nCléo from 5 to 7,Drama,1962,8.5\n",
        ["importTodos"] = "title,dueDate,priority,done\nWatch Metropolis,2027-01-22,high,false\n",
        ["importEnrollments"] = "email\nada@example.org\n",
        ["importGrades"] = "email,grade,feedback\nada@example.org,87.5,The light is beautiful.\n",
    };

    private static readonly Dictionary<string, string> Lines = new()
    {
        ["importMovies"] = """{"title":"Cléo from 5 to 7","genre":"Drama","year":1962,"rating":8.5}""" + "\n",
        ["importTodos"] = """{"title":"Watch Metropolis","dueDate":"2027-01-22","priority":"high"}""" + "\n",
        ["importEnrollments"] = """{"email":"ada@example.org"}""" + "\n",
        ["importGrades"] = """{"email":"ada@example.org","grade":87.5}""" + "\n",
    };

    private static readonly Dictionary<string, string> Responses = new()
    {
        ["getImportErrors"] = "line,column,value,message\n3,priority,urgent,\"must be low, medium or high\"\n",
        ["getCatalogueFigures"] = "section,name,value\ngenres,Drama,12\n",
        ["text/csv"] = "name,count\nDrama,12\n",
        ["text/html"] = "<!doctype html><html lang=\"en\"><title>MovieLms</title></html>",
        ["text/plain"] = "erDiagram\n  USERS ||--o{ TODOS : has\n",
        ["text/vnd.mermaid"] = "erDiagram\n  USERS ||--o{ TODOS : has\n",
        ["image/svg+xml"] = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
    };

    /// <summary>Returns the example of an upload in a media type.</summary>
    internal static string GetUpload(string operation, string mediaType) =>
        mediaType == "application/x-ndjson"
            ? Lines.GetValueOrDefault(operation, "{}\n")
            : Uploads.GetValueOrDefault(operation, "A file's content.\n");

    /// <summary>Returns the example of a response, or null for media types that are not text.</summary>
    internal static string? FindResponse(string operation, string mediaType) =>
        mediaType.StartsWith("text/", StringComparison.Ordinal) && Responses.TryGetValue(operation, out var text)
            ? text
            : Responses.GetValueOrDefault(mediaType);
}
