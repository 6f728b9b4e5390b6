using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Todos;

/// <summary>The to-do among the entities: it goes with its owner, and outlives the import that brought it.</summary>
internal static class TodoEntity
{
    internal static Entity Declaration { get; } =
        new("todo", CollectionNames.Todos, typeof(TodoDocument))
        {
            References = [new("ownerId", "user", OnDelete.Cascade), new("importId", "import", OnDelete.Keep)],
            UniqueTogether = ["importId", "importRow"],
        };
}
