using MongoDB.Bson;

namespace MovieLms.Data.PersonalData;

/// <summary>What happens to a user's documents of a collection when the user's account is erased.</summary>
public enum Erasure
{
    /// <summary>Nothing. Names no user, or only IDs, which nothing links to a person once the user's document is removed.</summary>
    Keep,

    /// <summary>The documents and their files are removed.</summary>
    Remove,

    /// <summary>The documents are kept without names, texts and addresses.</summary>
    Anonymize,
}

/// <summary>How a document refers to a user.</summary>
public enum PersonalLinkKind
{
    /// <summary>A field contains the user's ID.</summary>
    Id,

    /// <summary>A text starts with the user's ID and a colon.</summary>
    IdPrefix,

    /// <summary>A field contains the user's e-mail address.</summary>
    Address,

    /// <summary>A field contains the ID of one of the user's documents of another collection.</summary>
    Parent,
}

/// <summary>A field by which the documents of a user are found.</summary>
/// <param name="Kind">What the field contains.</param>
/// <param name="Field">The name of the stored field.</param>
/// <param name="Parent">The other collection of a <see cref="PersonalLinkKind.Parent"/>.</param>
public sealed record PersonalLink(PersonalLinkKind Kind, string Field, string? Parent = null)
{
    /// <summary>A further condition on the documents.</summary>
    public BsonDocument? Condition { get; init; }

    internal static PersonalLink ById(string field) => new(PersonalLinkKind.Id, field);

    internal static PersonalLink ByIdPrefix(string field) => new(PersonalLinkKind.IdPrefix, field);

    internal static PersonalLink ByAddress(string field) => new(PersonalLinkKind.Address, field);

    internal static PersonalLink ByParent(string field, string parent) => new(PersonalLinkKind.Parent, field, parent);
}

/// <summary>
/// Declares how the documents of a collection relate to users. The declarations determine the export of a user's data and the erasure of
/// an account. A collection without one fails a test.
/// </summary>
/// <param name="Name">The name of the collection.</param>
public sealed record PersonalCollection(string Name)
{
    /// <summary>Finds the documents that a user made or that are about the user; empty if there are none.</summary>
    public IReadOnlyList<PersonalLink> Links { get; init; } = [];

    /// <summary>Finds the documents to erase, if they are not all documents that <see cref="Links"/> finds.</summary>
    public IReadOnlyList<PersonalLink>? ErasedLinks { get; init; }

    /// <summary>
    /// Fields of other users' documents that contain the user's ID, for example the teacher who graded a submission. The IDs are kept.
    /// </summary>
    public IReadOnlyList<string> Mentions { get; init; } = [];

    /// <summary>True if the export contains the documents.</summary>
    public bool IsExported { get; init; }

    /// <summary>The exported fields; empty for all fields of the document's class.</summary>
    public IReadOnlyList<string> ExportedFields { get; init; } = [];

    /// <summary>True if the export contains the files of the documents.</summary>
    public bool ExportsFiles { get; init; }

    /// <summary>What erasing the account does to the documents.</summary>
    public Erasure Erasure { get; init; }

    /// <summary>Creates the update of <see cref="Erasure.Anonymize"/>.</summary>
    internal Func<DateTimeOffset, BsonDocument>? Anonymized { get; init; }

    /// <summary>Why the collection is not exported, or not erased, or not personal.</summary>
    public string? Reason { get; init; }
}
