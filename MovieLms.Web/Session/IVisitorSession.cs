namespace MovieLms.Web.Session;

/// <summary>The session of a page's visitor. A feature of requests that have one.</summary>
public interface IVisitorSession
{
    /// <summary>The token for requests to the API.</summary>
    string AccessToken { get; }
}
