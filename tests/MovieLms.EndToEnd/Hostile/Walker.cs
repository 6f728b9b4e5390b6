namespace MovieLms.EndToEnd.Hostile;

/// <summary>Sends drafts as one of the users of the campus.</summary>
/// <param name="server">Where to send them; null for the campus itself.</param>
internal sealed class Walker(Campus campus, CampusResources resources, Uri? server = null)
{
    /// <summary>Opens a connection for consecutive requests.</summary>
    internal RawHttp Connect() => new(server ?? campus.Address);

    /// <summary>Fills a draft's placeholders and sends it.</summary>
    /// <returns>The response, or null if the connection was closed without one.</returns>
    internal async Task<RawResponse?> SendAsync(RawHttp http, Draft draft, string caller)
    {
        // "fresh" is a new user per request, so that a sign-out does not affect later requests.
        var person = caller switch
        {
            "anonymous" => null,
            "fresh" => await campus.CreateStudentAsync(),
            _ => campus[caller],
        };
        var user = caller == "fresh" ? person : null;
        var own = new Dictionary<string, string>();
        draft.Path = await resources.FillAsync(draft.Path, own, user);
        if (draft.Body is { } body)
            draft.Body = await resources.FillAsync(body, own, user);
        for (var i = 0; i < draft.Headers.Count; i++)
            draft.Headers[i] = await resources.FillAsync(draft.Headers[i], own, user);
        for (var i = 0; i < draft.Query.Count; i++)
            draft.Query[i] = await resources.FillAsync(draft.Query[i], own, user);
        return await http.SendAsync(draft.ToBytes(campus.Address.Authority, person?.Token), draft.Method == "HEAD", draft.MayBeClosed);
    }
}
