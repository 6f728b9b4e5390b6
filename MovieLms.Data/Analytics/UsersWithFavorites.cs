using MongoDB.Bson;

namespace MovieLms.Data.Analytics;

/// <summary>How many users have at least one favourite.</summary>
public sealed record FavoriteUsers(int UsersWithFavorites);

/// <summary>Counts users, not favourites; no document at all comes out when there are none.</summary>
internal static class UsersWithFavorites
{
    internal static readonly BsonDocument[] Stages = PipelineText.Parse(
        """
        [
          { $match: { userId: { $ne: null }, deletedAt: null, archivedAt: null } },
          { $group: { _id: "$userId" } },
          { $count: "usersWithFavorites" }
        ]
        """
    );
}
