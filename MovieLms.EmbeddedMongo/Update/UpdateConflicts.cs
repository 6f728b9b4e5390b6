using MovieLms.EmbeddedMongo.Errors;

namespace MovieLms.EmbeddedMongo.Update;

/// <summary>No update may write the same place twice, nor a place and something within it.</summary>
internal static class UpdateConflicts
{
    /// <exception cref="MongoErrorException">40 ConflictingUpdateOperators.</exception>
    public static void Require(List<UpdatePath> paths)
    {
        // Sorted by parts, everything below a path follows it directly.
        var sorted = paths.OrderBy(static path => path, UpdatePathOrder.Instance).ToArray();
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i - 1].Overlaps(sorted[i]))
            {
                throw MongoErrorException.ConflictingUpdateOperators(
                    $"Updating the path '{sorted[i].Path}' would create a conflict at '{sorted[i - 1].Path}'");
            }
        }
    }
}
