namespace MovieLms.Web.Session;

/// <summary>The session of the visitor who sent a request. A feature of the request; missing for visitors who are not signed in.</summary>
public interface IVisitorSession
{
    /// <summary>An access token that is valid for a while.</summary>
    string AccessToken { get; }
}
