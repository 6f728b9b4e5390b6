namespace MovieLms.Web.Start;

/// <summary>Endpoint metadata of the pages: whether the link that creates the first administrator waits to be used.</summary>
internal sealed record FirstStart(Func<bool> IsOpen);
