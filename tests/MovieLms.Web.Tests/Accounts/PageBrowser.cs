using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace MovieLms.Web.Tests.Accounts;

/// <summary>A browser without scripts: it keeps cookies, follows redirects, and sends the forms of the page that it shows.</summary>
internal sealed partial class PageBrowser : IDisposable
{
    private readonly HttpClient _client;

    internal PageBrowser(Uri origin)
    {
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = origin };
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    }

    internal CookieContainer Cookies { get; } = new();

    /// <summary>The path and query of the page that it shows.</summary>
    internal string Location { get; private set; } = "/";

    /// <summary>Another site to which redirects may lead; null if all lead to this one.</summary>
    internal Uri? Elsewhere { get; init; }

    internal HttpStatusCode Status { get; private set; }

    /// <summary>The text of the page, without entities.</summary>
    internal string Html { get; private set; } = "";

    internal async Task OpenAsync(string path)
    {
        using var response = await _client.GetAsync(path);
        await ShowAsync(response, path);
    }

    /// <summary>Follows the link of the page whose address begins with a text.</summary>
    internal Task FollowAsync(string address)
    {
        var link = Regex.Match(Html, $"<a[^>]*href=\"(?<address>{Regex.Escape(address)}[^\"]*)\"");
        Assert.True(link.Success, $"{Location} has no link to {address}.");
        return OpenAsync(WebUtility.HtmlDecode(link.Groups["address"].Value));
    }

    /// <summary>Sends the form with the handler or the action, with its values and the given ones.</summary>
    internal async Task SubmitAsync(string form, params (string Name, string Value)[] values)
    {
        var (action, fields) = FindForm(form);
        foreach (var (name, value) in values)
            fields[name] = value;
        using var content = new FormUrlEncodedContent(fields);
        using var response = await _client.PostAsync(action, content);
        await ShowAsync(response, action);
    }

    /// <summary>Sends a form as <see cref="SubmitAsync"/> does, with a file.</summary>
    internal async Task UploadAsync(string form, string input, string fileName, byte[] file, params (string Name, string Value)[] values)
    {
        var (action, fields) = FindForm(form);
        fields.Remove(input);
        foreach (var (name, value) in values)
            fields[name] = value;
        var upload = new ByteArrayContent(file);
        upload.Headers.ContentType = new MediaTypeHeaderValue(
            fileName.EndsWith(".png", StringComparison.Ordinal) ? "image/png" : "text/plain"
        );
        using var content = new MultipartFormDataContent { { upload, input, fileName } };
        foreach (var (name, value) in fields)
            content.Add(new StringContent(value), name);
        using var response = await _client.PostAsync(action, content);
        await ShowAsync(response, action);
    }

    /// <summary>Sends a request as a script of the page does.</summary>
    internal async Task<HttpStatusCode> FetchAsync(HttpMethod method, string path, string? antiforgery = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", _client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        if (antiforgery is not null)
            request.Headers.Add("X-CSRF-Token", antiforgery);
        using var response = await _client.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>Returns the token for the requests of scripts.</summary>
    internal string GetAntiforgeryToken() => WebUtility.HtmlDecode(MetaToken().Match(Html).Groups["value"].Value);

    internal async Task SignInAsync(string email, string password, string? returnUrl = null)
    {
        await OpenAsync(returnUrl is null ? "/sign-in" : $"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}");
        await SubmitAsync("password", ("email", email), ("password", password));
    }

    public void Dispose() => _client.Dispose();

    private async Task ShowAsync(HttpResponseMessage response, string path)
    {
        if (response.Headers.Location is { } next)
        {
            var isElsewhere = next.IsAbsoluteUri && next.Authority == Elsewhere?.Authority;
            await OpenAsync(isElsewhere || !next.IsAbsoluteUri ? next.OriginalString : next.PathAndQuery);
            return;
        }
        (Location, Status, Html) = (path, response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private (string Action, Dictionary<string, string> Fields) FindForm(string name)
    {
        foreach (Match form in Form().Matches(Html))
        {
            var action = Attribute(form.Groups["attributes"].Value, "action") ?? Location;
            var fields = new Dictionary<string, string>();
            foreach (Match input in Input().Matches(form.Groups["content"].Value))
            {
                var attributes = input.Groups["attributes"].Value;
                var isUnchecked = Attribute(attributes, "type") == "checkbox" && !Checked().IsMatch(attributes);
                if (Attribute(attributes, "name") is { } field && !isUnchecked)
                    fields[field] = Attribute(attributes, "value") ?? "";
            }
            if (fields.GetValueOrDefault("_handler") == name || action == name)
                return (action, fields);
        }
        throw new InvalidOperationException($"{Location} has no form {name}:\n{Html}");
    }

    private static string? Attribute(string attributes, string name) =>
        Regex.Match(attributes, $"\\b{name}=\"(?<value>[^\"]*)\"") is { Success: true } match
            ? WebUtility.HtmlDecode(match.Groups["value"].Value)
            : null;

    [GeneratedRegex("<form(?<attributes>[^>]*)>(?<content>.*?)</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<input(?<attributes>[^>]*)>", RegexOptions.Singleline)]
    private static partial Regex Input();

    [GeneratedRegex("\\schecked\\b")]
    private static partial Regex Checked();

    [GeneratedRegex("<meta name=\"csrf-token\" content=\"(?<value>[^\"]+)\"")]
    private static partial Regex MetaToken();
}
