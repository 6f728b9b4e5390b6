using System.Collections;
using System.Globalization;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MovieLms.Data.Relations;
using MovieLms.Reports.Diagrams;

namespace MovieLms.ApiService.Schema;

/// <summary>Reads the schema from the declared entities and the class maps that serialize their documents.</summary>
internal static class SchemaReader
{
    private static readonly Dictionary<Type, string> SimpleTypes = new()
    {
        [typeof(ObjectId)] = "objectId",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(Guid)] = "uuid",
        [typeof(byte[])] = "binData",
        [typeof(DateTimeOffset)] = "date",
        [typeof(DateTime)] = "date",
        [typeof(DateOnly)] = "date",
    };

    internal static Reports.Diagrams.Schema Read(EntityModel model)
    {
        var entities = model
            .All.Select(entity => new SchemaEntity(entity.Name, entity.Collection, [.. GetFields(entity)], IsJunction(entity)))
            .ToArray();
        var relations = model.All.SelectMany(entity =>
            entity.References.Select(reference =>
            {
                var path = entities
                    .Single(e => e.Name == entity.Name)
                    .Fields.Where(field =>
                        reference.Field == field.Path || reference.Field.StartsWith(field.Path + ".", StringComparison.Ordinal)
                    )
                    .ToArray();
                return new SchemaRelation(
                    reference.To,
                    entity.Name,
                    reference.Field,
                    path.Any(field => field.IsOptional),
                    path.Any(field => field.Type.EndsWith("[]", StringComparison.Ordinal)),
                    entity.UniqueTogether.Count == 1 && entity.UniqueTogether[0] == reference.Field,
                    reference.Effect == OnDelete.Cascade
                );
            })
        );
        return new Reports.Diagrams.Schema(entities, [.. relations]);
    }

    private static bool IsJunction(Entity entity) =>
        entity.UniqueTogether.Count == 2
        && entity.UniqueTogether.All(field => entity.References.Any(reference => reference.Field == field));

    private static IEnumerable<SchemaField> GetFields(Entity entity)
    {
        foreach (var field in GetFields(entity, BsonClassMap.LookupClassMap(entity.Document), "", []))
            yield return field;
        foreach (var hidden in entity.Hidden)
        {
            var (type, _) = GetTypeName(hidden.Type);
            yield return new SchemaField(
                hidden.Name,
                type,
                IsKey: false,
                IsReference: false,
                IsUnique: false,
                IsOptional: true,
                IsHidden: true
            );
        }
    }

    private static IEnumerable<SchemaField> GetFields(Entity entity, BsonClassMap map, string prefix, IReadOnlyCollection<Type> within)
    {
        foreach (var member in map.AllMemberMaps)
        {
            var path = prefix + member.ElementName;
            var (type, embedded) = GetTypeName(member.MemberType);
            var isOptional = member.MemberType.IsValueType
                ? Nullable.GetUnderlyingType(member.MemberType) is not null
                : !member.IsRequired
                    && new System.Reflection.NullabilityInfoContext().Create((System.Reflection.PropertyInfo)member.MemberInfo).ReadState
                        == System.Reflection.NullabilityState.Nullable;
            yield return new SchemaField(
                path,
                type,
                IsKey: path == "_id",
                entity.References.Any(reference => reference.Field == path),
                entity.UniqueTogether.Contains(path),
                isOptional,
                IsHidden: false
            );
            if (embedded is null || within.Contains(embedded))
                continue;
            foreach (var part in GetFields(entity, BsonClassMap.LookupClassMap(embedded), path + ".", [.. within, embedded]))
                yield return part;
        }
    }

    /// <summary>Returns a type's name, and the class of the embedded document if it is one or an array of one.</summary>
    private static (string Name, Type? Embedded) GetTypeName(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (SimpleTypes.TryGetValue(type, out var name))
            return (name, null);
        if (type.IsEnum)
            return ("string", null);
        if (typeof(BsonValue).IsAssignableFrom(type) || typeof(IDictionary).IsAssignableFrom(type) || IsMap(type))
            return ("object", null);
        if (typeof(IEnumerable).IsAssignableFrom(type))
        {
            var element = type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[0];
            var (elementName, embedded) = GetTypeName(element);
            return (string.Create(CultureInfo.InvariantCulture, $"{elementName}[]"), embedded);
        }
        return ("object", type);
    }

    private static bool IsMap(Type type) =>
        type.IsGenericType
        && type.GetGenericTypeDefinition() is var open
        && (open == typeof(IReadOnlyDictionary<,>) || open == typeof(IDictionary<,>) || open == typeof(Dictionary<,>));
}
