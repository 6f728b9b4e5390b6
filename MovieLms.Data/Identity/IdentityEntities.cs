using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Declares users and sessions. Archiving a user ends the user's sessions for good, so sessions need no cascade.</summary>
public static class IdentityEntities
{
    /// <summary>The name of the user entity.</summary>
    public const string User = "user";

    internal static Entity Users { get; } = new(User, CollectionNames.Users, typeof(UserDocument)) { UniqueTogether = ["emailNormalized"] };

    internal static Entity Sessions { get; } =
        new("session", CollectionNames.Sessions, typeof(SessionDocument)) { References = [new("userId", User, OnDelete.Keep)] };
}
