namespace MovieLms.Data.Relations;

/// <summary>The effect on a document of deleting, archiving or restoring the document that it references.</summary>
public enum OnDelete
{
    /// <summary>None. Readers must handle a reference to a missing document.</summary>
    Keep,

    /// <summary>The document is deleted, archived or restored, too.</summary>
    Cascade,
}

/// <summary>A field that contains another document's ID.</summary>
/// <param name="Field">
/// The name of the stored field, for example <c>courseId</c>. An array, or a field of an array's documents (<c>items.courseId</c>), is
/// allowed only with <see cref="OnDelete.Keep"/>.
/// </param>
/// <param name="To">The name of the referenced entity.</param>
/// <param name="Effect">The effect on this document when the referenced one is deleted, archived or restored.</param>
public sealed record Reference(string Field, string To, OnDelete Effect);

/// <summary>A stored field without a member in the document's class, because only queries need it.</summary>
/// <param name="Name">The name of the stored field.</param>
/// <param name="Type">The type of its value.</param>
public sealed record HiddenField(string Name, Type Type);

/// <summary>
/// A kind of document and its references, declared once next to its store. The declarations determine the cascades, the indexes that
/// cascades need, the purge and the ER diagram.
/// </summary>
/// <param name="Name">The name in the singular, for example <c>course</c>.</param>
/// <param name="Collection">The name of the collection, one of <see cref="Storage.CollectionNames"/>.</param>
/// <param name="Document">The class of the stored documents.</param>
public sealed record Entity(string Name, string Collection, Type Document)
{
    /// <summary>The references to other entities.</summary>
    public IReadOnlyList<Reference> References { get; init; } = [];

    /// <summary>Stored fields without a member in the class.</summary>
    public IReadOnlyList<HiddenField> Hidden { get; init; } = [];

    /// <summary>
    /// The fields with IDs of GridFS files, for example <c>fileId</c> or <c>history.fileId</c>. A purge of the document removes the files.
    /// </summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Fields that are unique together, for the diagram; for example the two references of a junction.</summary>
    public IReadOnlyList<string> UniqueTogether { get; init; } = [];
}
