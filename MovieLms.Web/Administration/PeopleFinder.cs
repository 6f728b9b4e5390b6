using MovieLms.Client;
using MovieLms.Web.Session;

namespace MovieLms.Web.Administration;

/// <summary>Finds a user by what an administrator typed: an ID, an e-mail address or a name.</summary>
internal sealed class PeopleFinder(ConsoleApi console)
{
    private const int IdLength = 24;
    private const int MaxChoices = 10;

    /// <summary>Returns the users who match, up to 10. The ID of an account that was erased has no user, but can be used.</summary>
    internal async Task<FoundPeople> FindAsync(string? text)
    {
        if (text is null)
            return FoundPeople.Everybody;
        if (text.Length == IdLength && text.All(char.IsAsciiHexDigit))
            return new FoundPeople(text, await GetNameAsync(text), []);
        var found = await console.Api.ListUsersAsync(limit: MaxChoices, search: text, cancellationToken: console.Left);
        return found.Items.Count == 1
            ? new FoundPeople(found.Items[0].Id, found.Items[0].Username, [])
            : new FoundPeople(Id: null, Name: null, [.. found.Items]) { IsAmbiguous = true };
    }

    private async Task<string?> GetNameAsync(string id)
    {
        try
        {
            return (await console.Api.GetUserAsync(id, cancellationToken: console.Left)).Username;
        }
        catch (ApiException e) when (e.StatusCode == StatusCodes.Status404NotFound)
        {
            return null;
        }
    }
}

/// <summary>The users who match.</summary>
/// <param name="Id">The ID if there is exactly one.</param>
/// <param name="Name">The name of that user; null if the account was erased.</param>
/// <param name="Choices">The users to choose from.</param>
internal sealed record FoundPeople(string? Id, string? Name, IReadOnlyList<UserResponse> Choices)
{
    internal static FoundPeople Everybody { get; } = new(null, null, []);

    /// <summary>Whether nobody or more than one user matches.</summary>
    internal bool IsAmbiguous { get; init; }
}
