namespace MovieLms.Reports.Diagrams;

/// <summary>A stored field in a diagram.</summary>
/// <param name="Path">The name of the field. In an embedded document, the dotted path, such as <c>director.name</c>.</param>
/// <param name="Type">The MongoDB type of the value; for an array, the type of its elements with <c>[]</c>.</param>
/// <param name="IsKey">True for the ID.</param>
/// <param name="IsReference">True when the field contains the ID of another document.</param>
/// <param name="IsUnique">True when the field is unique, alone or together with other unique fields.</param>
/// <param name="IsOptional">True when the field may be missing.</param>
/// <param name="IsHidden">True when the field is used only in queries and no class has it.</param>
public sealed record SchemaField(string Path, string Type, bool IsKey, bool IsReference, bool IsUnique, bool IsOptional, bool IsHidden);

/// <summary>An entity in a diagram.</summary>
/// <param name="Name">The singular name.</param>
/// <param name="Collection">The collection in which the entity is stored.</param>
/// <param name="Fields">The fields in the order of their declaration. Fields of an embedded document follow it.</param>
/// <param name="IsJunction">True when the entity only joins two others, at most once per pair.</param>
public sealed record SchemaEntity(string Name, string Collection, IReadOnlyList<SchemaField> Fields, bool IsJunction);

/// <summary>A relationship in a diagram, usually from one parent to any number of children.</summary>
/// <param name="Parent">The referenced entity.</param>
/// <param name="Child">The entity with the reference.</param>
/// <param name="Field">The field with the reference.</param>
/// <param name="IsOptional">True when a child may have no parent.</param>
/// <param name="IsMany">True when a child may have several parents, because the field is in an array.</param>
/// <param name="IsSingle">True when a parent has at most one child.</param>
/// <param name="Cascades">True when the child is deleted, archived and restored with the parent.</param>
public sealed record SchemaRelation(string Parent, string Child, string Field, bool IsOptional, bool IsMany, bool IsSingle, bool Cascades);

/// <summary>The entities of a database and their relationships. Referenced entities come before those that reference them.</summary>
public sealed record Schema(IReadOnlyList<SchemaEntity> Entities, IReadOnlyList<SchemaRelation> Relations);
