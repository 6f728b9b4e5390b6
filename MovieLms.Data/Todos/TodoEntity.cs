using MovieLms.Data.Identity;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Todos;

/// <summary>The to-do among the entities: it goes with its owner, and outlives the import that brought it.</summary>
public static class TodoEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "todo";

    internal static Entity Declaration { get; } =
        new(Name, CollectionNames.Todos, typeof(TodoDocument))
        {
            References = [new("ownerId", IdentityEntities.User, OnDelete.Cascade), new("importId", "import", OnDelete.Keep)],
            UniqueTogether = ["importId", "importRow"],
        };
}
