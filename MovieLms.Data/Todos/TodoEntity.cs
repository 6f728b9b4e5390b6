using MovieLms.Data.Identity;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Todos;

/// <summary>Declares to-dos. A to-do is deleted with its owner and kept when the import that created it is deleted.</summary>
public static class TodoEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "todo";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "todos";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(TodoDocument))
        {
            References = [new("ownerId", IdentityEntities.User, OnDelete.Cascade), new("importId", "import", OnDelete.Keep)],
            UniqueTogether = ["importId", "importRow"],
        };
}
