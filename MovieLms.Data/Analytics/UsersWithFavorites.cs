using MongoDB.Bson;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>How many users have at least one favorite.</summary>
public sealed record FavoriteUsers(int UsersWithFavorites);

/// <summary>The number of users with favorites. The pipeline returns no document when there are none.</summary>
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
