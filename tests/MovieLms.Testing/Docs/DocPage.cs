using System.Text.RegularExpressions;
using MovieLms.Testing.Processes;

namespace MovieLms.Testing.Docs;

/// <summary>
/// A page of <c>docs/</c> with runnable requests in blocks fenced as <c>```http</c>. Each block contains one request (method and
/// path, headers, an empty line, a body), followed by a line <c>###</c> with the expected status. After it, a line
/// <c>name = path.to.value</c> stores a value of the JSON response for later blocks, which refer to it as <c>{{name}}</c>. A line
/// <c>path.to.value == text</c> asserts a value.
/// </summary>
/// <example><code>
/// ```http
/// POST /api/movies
/// Authorization: Bearer {{instructor}}
///
/// { "title": "Metropolis" }
/// ### 201
/// movie = id
/// ```
/// </code></example>
public sealed partial class DocPage
{
    private DocPage(string path, IReadOnlyList<DocRequest> requests) => (Path, Requests) = (path, requests);

    public string Path { get; }

    /// <summary>The requests in the order of the page.</summary>
    public IReadOnlyList<DocRequest> Requests { get; }

    /// <summary>Reads a page, e.g. <c>docs/learn/data-modelling.md</c>.</summary>
    public static DocPage Read(string path)
    {
        var text = File.ReadAllText(Repository.File(path.Split('/'))).ReplaceLineEndings("\n");
        return new DocPage(
            path,
            [
                .. Blocks()
                    .Matches(text)
                    .Select(block =>
                        DocRequest.Parse(block.Groups["content"].Value, $"{path}:{text.AsSpan(0, block.Index).Count('\n') + 1}")
                    ),
            ]
        );
    }

    /// <summary>Sends every request in order and checks each response.</summary>
    /// <param name="client">A client without credentials. The page's headers contain them.</param>
    /// <param name="values">The initial named values, such as tokens. Values stored from responses are added.</param>
    /// <exception cref="DocPageException">A response differs from the page. The message names the line.</exception>
    public async Task RunAsync(HttpClient client, IDictionary<string, string> values)
    {
        foreach (var request in Requests)
            await request.RunAsync(client, values);
    }

    [GeneratedRegex("^```http\n(?<content>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}

/// <summary>The documentation differs from the behavior of the product.</summary>
public sealed class DocPageException(string message) : Exception(message);
