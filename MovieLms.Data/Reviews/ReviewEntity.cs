using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Reviews;

/// <summary>The review among the entities: it goes with its film and with its author.</summary>
internal static class ReviewEntity
{
    internal const string Name = "review";

    internal static Entity Declaration { get; } =
        new(Name, CollectionNames.Reviews, typeof(ReviewDocument))
        {
            References = [new(ReviewFields.MovieId, "movie", OnDelete.Cascade), new(ReviewFields.UserId, "user", OnDelete.Cascade)],
            UniqueTogether = [ReviewFields.MovieId, ReviewFields.UserId],
        };
}
