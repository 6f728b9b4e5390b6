namespace MovieLms.Data.Relations;

/// <summary>What becomes of a document when the one it refers to is deleted, archived or restored.</summary>
public enum OnDelete
{
    /// <summary>Nothing: it stays as it is, and whoever reads it copes with a reference that leads nowhere.</summary>
    Keep,

    /// <summary>The same as becomes of the other.</summary>
    Cascade,
}

/// <summary>A field that holds another document's id.</summary>
/// <param name="Field">The stored field's name, e.g. <c>courseId</c>; of an array or of an array's documents (<c>items.courseId</c>) only
/// with <see cref="OnDelete.Keep"/>.</param>
/// <param name="To">The name of the entity it leads to.</param>
/// <param name="Effect">What the other's end means for this document.</param>
public sealed record Reference(string Field, string To, OnDelete Effect);

/// <summary>A field that is stored but has no member in the document's class, because only queries need it.</summary>
/// <param name="Name">The stored field's name.</param>
/// <param name="Type">The type of its value.</param>
public sealed record HiddenField(string Name, Type Type);

/// <summary>
/// A kind of document, and what it refers to: declared once, beside its store. From the declarations come what a deletion
/// takes along, the indexes which that needs, the purge, and the ER diagram.
/// </summary>
/// <param name="Name">Its name in the singular, e.g. <c>course</c>.</param>
/// <param name="Collection">One of <see cref="Storage.CollectionNames"/>.</param>
/// <param name="Document">The class that is stored.</param>
public sealed record Entity(string Name, string Collection, Type Document)
{
    /// <summary>The documents it refers to.</summary>
    public IReadOnlyList<Reference> References { get; init; } = [];

    /// <summary>What is stored beyond the class' members.</summary>
    public IReadOnlyList<HiddenField> Hidden { get; init; } = [];

    /// <summary>
    /// The fields, e.g. <c>fileId</c> or <c>history.fileId</c>, that hold ids of GridFS files which go when the document is purged.
    /// </summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Fields that together are unique besides the id, for the diagram: a junction's two references, say.</summary>
    public IReadOnlyList<string> UniqueTogether { get; init; } = [];
}
