using System.Text.RegularExpressions;
using MovieLms.Testing.Processes;

namespace MovieLms.Testing.Docs;

/// <summary>
/// A page of <c>docs/</c> whose requests can be pasted: its blocks fenced as <c>```http</c>. Each block holds one request
/// (method and path, headers, an empty line, a body) and ends, after a line <c>###</c>, in what is expected of the answer:
/// the status, and lines <c>name = path.to.value</c> that keep values of a JSON answer for later blocks, which name them
/// <c>{{name}}</c>. A line <c>path.to.value == text</c> asserts a value.
/// </summary>
/// <example><code>
/// ```http
/// POST /api/movies
/// Authorization: Bearer {{instructor}}
///
/// { "title": "Metropolis" }
/// ### 201
/// film = id
/// ```
/// </code></example>
public sealed partial class DocPage
{
    private DocPage(string path, IReadOnlyList<DocRequest> requests) => (Path, Requests) = (path, requests);

    public string Path { get; }

    /// <summary>In the page's order.</summary>
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

    /// <summary>Sends every request in order and checks each answer.</summary>
    /// <param name="client">Without credentials: the page's headers bring them.</param>
    /// <param name="values">What the page may name from the start, tokens for example; values that answers give are added.</param>
    /// <exception cref="DocPageException">An answer is not what the page says; the message names the line.</exception>
    public async Task RunAsync(HttpClient client, IDictionary<string, string> values)
    {
        foreach (var request in Requests)
            await request.RunAsync(client, values);
    }

    [GeneratedRegex("^```http\n(?<content>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}

/// <summary>A page that says something else than the product does.</summary>
public sealed class DocPageException(string message) : Exception(message);
