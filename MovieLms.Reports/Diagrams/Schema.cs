namespace MovieLms.Reports.Diagrams;

/// <summary>A stored field as a diagram shows it.</summary>
/// <param name="Path">Its name; of an embedded document's field with the document's before a dot, e.g. <c>director.name</c>.</param>
/// <param name="Type">The type of its value in MongoDB's words; with <c>[]</c> for an array's elements.</param>
/// <param name="IsKey">True for the id.</param>
/// <param name="IsReference">True when it holds another document's id.</param>
/// <param name="IsUnique">True when it is unique, alone or with others that are marked so too.</param>
/// <param name="IsOptional">True when a document may lack it.</param>
/// <param name="IsHidden">True when no class has it, since only queries need it.</param>
public sealed record SchemaField(string Path, string Type, bool IsKey, bool IsReference, bool IsUnique, bool IsOptional, bool IsHidden);

/// <summary>An entity as a diagram shows it.</summary>
/// <param name="Name">In the singular.</param>
/// <param name="Collection">Where it is stored.</param>
/// <param name="Fields">In the order they are declared in, an embedded document's behind it.</param>
/// <param name="IsJunction">True when it does nothing but join two others, each pair once.</param>
public sealed record SchemaEntity(string Name, string Collection, IReadOnlyList<SchemaField> Fields, bool IsJunction);

/// <summary>A relation as a diagram shows it: one document of the parent, any number of the child.</summary>
/// <param name="Parent">The entity that is referred to.</param>
/// <param name="Child">The entity that holds the reference.</param>
/// <param name="Field">The field that holds it.</param>
/// <param name="IsOptional">True when a child may have no parent.</param>
/// <param name="IsMany">True when a child may have many parents: the field is an array's.</param>
/// <param name="IsSingle">True when a parent has at most one child.</param>
/// <param name="Cascades">True when the child is deleted, archived and restored with the parent.</param>
public sealed record SchemaRelation(string Parent, string Child, string Field, bool IsOptional, bool IsMany, bool IsSingle, bool Cascades);

/// <summary>The entities of a database and their relations.</summary>
/// <param name="Entities">Those that are referred to before those that refer.</param>
/// <param name="Relations">Their references.</param>
public sealed record Schema(IReadOnlyList<SchemaEntity> Entities, IReadOnlyList<SchemaRelation> Relations);
