namespace MovieLms.Web.Start;

/// <summary>Endpoint metadata of the pages: mail is caught, and local visitors may read it.</summary>
internal sealed class CaughtMail;
