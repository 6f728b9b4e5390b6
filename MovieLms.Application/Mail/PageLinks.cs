using Microsoft.Extensions.Configuration;
using MongoDB.Bson;
using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.Application.Mail;

/// <summary>The addresses of the console's pages, for mail and reports.</summary>
public sealed class PageLinks(IConfiguration configuration)
{
    private const string ApiPrefix = "/api";

    public string Start => Base + "/";

    public string Todos => Base + "/todos";

    public string Analytics => Base + "/analytics";

    /// <summary>The page on which users choose which mail they receive.</summary>
    public string Profile => Base + "/account";

    public string ForgotPassword => Base + "/account/forgot";

    private string Base => PublicUrl.Get(configuration);

    public string Course(ObjectId id) => $"{Base}/courses/{id}";

    public string Import(ObjectId id) => $"{Base}/imports/{id}";

    public string Order(ObjectId id) => $"{Base}/orders/{id}";

    /// <summary>Returns the page that shows what a notification links to, or null if there is none.</summary>
    public string? FromNotification(string? link)
    {
        if (link is null)
            return null;
        var path = link.StartsWith(ApiPrefix + "/", StringComparison.Ordinal) ? link[ApiPrefix.Length..] : link;
        return path.Split('/') switch
        {
            ["", "orders", var id, ..] => $"{Base}/orders/{id}",
            ["", "courses", var id, ..] => $"{Base}/courses/{id}",
            ["", "imports", var id, ..] => $"{Base}/imports/{id}",
            ["", "rooms", var room, ..] => $"{Base}/chat/{room}",
            ["", "submissions", ..] => $"{Base}/grades",
            _ => null,
        };
    }
}
