namespace MovieLms.Web.Access;

/// <summary>The services that run in processes of their own. There are none in Standalone.</summary>
/// <param name="Services">The names for service discovery.</param>
public sealed record OtherProcesses(IReadOnlyList<string> Services);
