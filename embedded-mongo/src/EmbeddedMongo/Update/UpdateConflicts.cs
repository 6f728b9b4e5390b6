using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Update;

/// <summary>Rejects updates that write the same path twice, or a path and one of its descendants.</summary>
internal static class UpdateConflicts
{
    /// <exception cref="MongoErrorException">40 ConflictingUpdateOperators.</exception>
    public static void ThrowIfAny(List<UpdatePath> paths)
    {
        RequireOneKindOfChild(paths);

        // Sorted by parts, the descendants of a path directly follow it.
        var sorted = paths.OrderBy(static path => path, UpdatePathOrder.Instance).ToArray();
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i - 1].Overlaps(sorted[i]))
            {
                throw MongoErrorException.ConflictingUpdateOperators(
                    $"Updating the path '{sorted[i].Path}' would create a conflict at '{sorted[i - 1].Path}'"
                );
            }
        }
    }

    // Paths into one array address either all of its elements ($[], $[identifier]) or single ones.
    private static void RequireOneKindOfChild(List<UpdatePath> paths)
    {
        foreach (var path in paths)
        {
            for (var i = 0; path.IsDynamic && i < path.Parts.Length; i++)
            {
                if (!SelectsElements(path.Parts[i]))
                    continue;

                foreach (var other in paths)
                {
                    if (
                        other.Parts.Length > i
                        && !SelectsElements(other.Parts[i])
                        && other.Parts.AsSpan(0, i).SequenceEqual(path.Parts.AsSpan(0, i))
                    )
                    {
                        throw MongoErrorException.ConflictingUpdateOperators(
                            $"Updating the path '{other.Path}' would create a conflict at '{string.Join('.', path.Parts[..i])}'"
                        );
                    }
                }
            }
        }
    }

    private static bool SelectsElements(string part) => UpdatePath.IsAll(part) || UpdatePath.IdentifierOf(part) is not null;
}
