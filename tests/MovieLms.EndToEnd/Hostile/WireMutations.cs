namespace MovieLms.EndToEnd.Hostile;

/// <summary>Mutations that use other methods or malformed HTTP.</summary>
internal static class WireMutations
{
    internal static IEnumerable<Mutation> Of(WalkOperation operation)
    {
        foreach (
            var method in new[]
            {
                "GET",
                "HEAD",
                "POST",
                "PUT",
                "PATCH",
                "DELETE",
                "OPTIONS",
                "TRACE",
                "CONNECT",
                "PROPFIND",
                "FOO",
                "get",
                "G\xc4T",
                "A\0B",
                new string('M', 3_000),
                "",
            }
        )
        {
            if (method == operation.Row.Method)
                continue;
            yield return new Mutation(
                "wire",
                $"method {PathMutations.Abbreviate(method)}",
                draft =>
                {
                    (draft.Method, draft.IsElsewhere, draft.MayBeClosed) = (method, true, true);
                    draft.UseOwnResources();
                }
            );
        }
        foreach (var length in new[] { "-1", "5", "99999999999999999999", "1e3", "0x5", "5, 5", "", "1000000", "700000000", " 3", "+3" })
            yield return Broken($"Content-Length {length}", draft => (draft.Length, draft.Body) = (length, draft.Body ?? "{}"));
        yield return Broken("two lengths", draft => draft.Headers.Add("Content-Length: 1"));
        yield return Broken("length and chunks", draft => (draft.IsChunked, draft.Body) = (true, draft.Body ?? "{}"), "Content-Length: 3");
        yield return Broken(
            "chunks twice",
            draft => (draft.IsChunked, draft.Body) = (true, draft.Body ?? "{}"),
            "Transfer-Encoding: chunked"
        );
        yield return Broken("unknown transfer", _ => { }, "Transfer-Encoding: xchunked");
        yield return Broken(
            "broken chunks",
            draft => (draft.Body, draft.Length, draft.Encode) = ("", "0", _ => []),
            "Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0"
        );
        yield return Broken(
            "a chunk of 4 GB",
            draft => (draft.Body, draft.Length, draft.Encode) = ("", "0", _ => []),
            "Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n{}"
        );
        yield return Broken("a target with spaces", draft => draft.Path += " x");
        yield return Broken("a target with NUL", draft => draft.Path += "\0");
        yield return Broken("a target with CR LF", draft => draft.Path += "\r\nX-Injected: yes");
        yield return Broken("a target in Latin-1", draft => draft.Path += "\xe4\xff");
        yield return Broken("HTTP/0.9", draft => draft.Path += "\r\n\r\n");
        yield return Broken("HTTP/9.9", draft => draft.Path += " HTTP/9.9\r\nX: y");
        yield return new Mutation("wire", "chunked", draft => (draft.IsChunked, draft.Body) = (true, draft.Body ?? "{}"));
    }

    private static Mutation Broken(string name, Action<Draft> change, string? line = null) =>
        new(
            "wire",
            name,
            draft =>
            {
                change(draft);
                if (line is not null)
                    draft.Headers.Add(line);
                draft.MayBeClosed = draft.IsElsewhere = true;
            }
        );
}
