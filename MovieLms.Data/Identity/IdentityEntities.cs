using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>The user and the sign-in among the entities. An archived user's sign-ins are ended for good, hence no cascade.</summary>
public static class IdentityEntities
{
    /// <summary>The entity of users.</summary>
    public const string User = "user";

    internal static Entity Users { get; } = new(User, CollectionNames.Users, typeof(UserDocument)) { UniqueTogether = ["emailNormalized"] };

    internal static Entity Sessions { get; } =
        new("session", CollectionNames.Sessions, typeof(SessionDocument)) { References = [new("userId", User, OnDelete.Keep)] };
}
