using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>The user and the sign-in among the entities. An archived user's sign-ins are ended for good, hence no cascade.</summary>
internal static class IdentityEntities
{
    internal static Entity User { get; } =
        new("user", CollectionNames.Users, typeof(UserDocument)) { UniqueTogether = ["emailNormalized"] };

    internal static Entity Session { get; } =
        new("session", CollectionNames.Sessions, typeof(SessionDocument)) { References = [new("userId", "user", OnDelete.Keep)] };
}
