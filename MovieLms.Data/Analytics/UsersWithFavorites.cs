using MovieLms.Data.Favorites;

namespace MovieLms.Data.Analytics;

/// <summary>How many users have at least one favorite.</summary>
public sealed record FavoriteUsers(int UsersWithFavorites);

/// <summary>The number of users with favorites. The pipeline returns no document when there are none.</summary>
internal static class UsersWithFavorites
{
    internal static readonly ExplainedPipeline Pipeline = new(
        FavoriteEntity.Collection,
        [
            new(
                "Leaves out favorites of deleted movies and archived users.",
                """{ $match: { userId: { $ne: null }, deletedAt: null, archivedAt: null } }"""
            ),
            new("Puts the favorites of each user into one group, so every user counts once.", """{ $group: { _id: "$userId" } }"""),
            new("Counts the groups, which is the number of users.", """{ $count: "usersWithFavorites" }"""),
        ]
    );
}
