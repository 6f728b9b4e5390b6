using MovieLms.Data.Identity;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>Declares imports. A purge of their own removes them with their files.</summary>
internal static class ImportEntity
{
    internal static Entity Declaration { get; } =
        new("import", CollectionNames.Imports, typeof(ImportDocument))
        {
            References = [new("ownerId", IdentityEntities.User, OnDelete.Keep)],
            Files = ["_id", "reportId"],
        };
}
