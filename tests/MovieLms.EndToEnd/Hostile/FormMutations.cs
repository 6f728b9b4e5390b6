using System.Text;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>Mutations that send malformed, excessive or misleading multipart bodies.</summary>
internal static class FormMutations
{
    private const string Rows = "title,priority\nA task,high\n";

    internal static IEnumerable<Mutation> Of(WalkOperation operation)
    {
        if (operation.Row.Method is not ("POST" or "PUT" or "PATCH"))
            yield break;
        yield return New("no boundary in the type", File("file", "a.csv", Rows), "multipart/form-data");
        yield return New("another boundary", File("file", "a.csv", Rows), "multipart/form-data; boundary=y");
        yield return New("no parts", "--x--\r\n");
        yield return New("nothing", "");
        yield return New("unfinished head", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a");
        yield return New("unfinished part", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\ntitle\n");
        yield return New("no disposition", "--x\r\n\r\ntitle\n\r\n--x--\r\n");
        yield return New("unknown part", File("other", "a.csv", Rows));
        yield return New("file twice", File("file", "a.csv", Rows, end: "") + File("file", "b.csv", Rows));
        yield return New("file is text", "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--x--\r\n");
        yield return New("text twice", Text("text", "a") + Text("text", "b") + "--x--\r\n");
        yield return New("text is an operator", Text("text", "{\"$gt\":\"\"}") + "--x--\r\n");
        yield return New(
            "1,000 parts",
            string.Concat(Enumerable.Range(0, 1_000).Select(i => Text($"p{i}", "x"))) + "--x--\r\n",
            mayBeClosed: true
        );
        yield return New(
            "1,000 files",
            string.Concat(Enumerable.Range(0, 1_000).Select(_ => File("file", "a.csv", "title\n", end: ""))) + "--x--\r\n",
            mayBeClosed: true
        );
        yield return New(
            "300 headers in a part",
            "--x\r\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"X-{i}: y\r\n")) + "\r\nx\r\n--x--\r\n"
        );
        yield return New(
            "30 KB header in a part",
            $"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{new string('a', 30_000)}\"\r\n\r\nx\r\n--x--\r\n"
        );
        yield return New("empty file", File("file", "a.csv", ""));
        yield return New("binary file", File("file", "a.csv", "\0\xff\xfe\0\x89PNG\r\n"));
        yield return New("fake PDF", File("file", "a.pdf", "%PDF-1.7", "application/pdf"));
        yield return New("page", File("file", "a.html", "<script>alert(1)</script>", "text/html"));
        yield return New(
            "part in base64",
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Transfer-Encoding: base64\r\n\r\ndGl0bGU=\r\n--x--\r\n"
        );
        yield return New(
            "nested multipart",
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n\r\nx\r\n--z--\r\n\r\n--x--\r\n"
        );
        foreach (
            var type in new[]
            {
                "text/csv; charset=utf-16",
                "text/csv; charset=nonsense",
                "application/json",
                "application/x-ndjson",
                "image/png",
                "x",
                "\xff/\0",
                "",
            }
        )
        {
            yield return New($"part of type {type}", File("file", "a.csv", Rows, type));
        }

        foreach (
            var name in new[]
            {
                "../../etc/passwd",
                "..\\\\..\\\\x.csv",
                "a\\\"; x=\\\"y.csv",
                "a\0.csv",
                "CON",
                ".",
                "..",
                "\xe4\xff.csv",
                "a%0d%0ab.csv",
                "=cmd()!A0.csv",
                "a.csv.exe",
                " ",
                new('n', 1_000),
                "https://x/y.csv",
                "a\u0001b.csv",
                "\u202ea.csv",
            }
        )
        {
            yield return New($"file name {PathMutations.Abbreviate(name)}", File("file", name, Rows));
        }

        yield return New(
            "file name in RFC 5987",
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''%e2%80%ae%0d%0a.csv\r\n\r\ntitle\nx\n\r\n--x--\r\n"
        );
        foreach (var name in new[] { "", "file\0", "file[]", "FILE", "$where", "a.b", "fi\r\nle", new('n', 5_000) })
            yield return New($"part name {PathMutations.Abbreviate(name)}", File(name, "a.csv", Rows));
        yield return New("70 KB of preamble", new string('p', 70_000) + "\r\n" + File("file", "a.csv", Rows), mayBeClosed: true);
        yield return New("2 MB of epilogue", File("file", "a.csv", Rows) + new string('e', 2_000_000), mayBeClosed: true);
        yield return New(
            "2 MB in an unknown part",
            Text("other", new string('x', 2_000_000)) + File("file", "a.csv", Rows),
            mayBeClosed: true
        );
    }

    private static string Text(string name, string value) => $"--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n";

    private static string File(string name, string fileName, string content, string type = "text/csv", string end = "--x--\r\n") =>
        $"--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{fileName}\"\r\nContent-Type: {type}\r\n\r\n{content}\r\n{end}";

    private static Mutation New(string name, string body, string type = "multipart/form-data; boundary=x", bool mayBeClosed = false) =>
        new(
            "form",
            $"form: {name}",
            draft =>
            {
                (draft.ContentType, draft.Body, draft.MayBeClosed) = (type, "", draft.MayBeClosed || mayBeClosed);
                draft.Encode = _ => Encoding.Latin1.GetBytes(body);
            }
        );
}
