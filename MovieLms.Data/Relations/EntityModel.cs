using MongoDB.Bson.Serialization;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Relations;

/// <summary>The validated model of all declared entities, their references and their cascades.</summary>
public sealed class EntityModel
{
    private static readonly string[] LifecycleFields =
    [
        Lifecycle.DeletedAt,
        Lifecycle.DeletedBy,
        Lifecycle.ArchivedAt,
        Lifecycle.ArchivedBy,
    ];
    private readonly Dictionary<string, Entity> _byName;
    private readonly ILookup<string, (Entity Child, Reference Reference)> _children;

    /// <summary>Validates the declarations.</summary>
    /// <exception cref="InvalidOperationException">A declaration contradicts another one or its class.</exception>
    public EntityModel(IEnumerable<Entity> entities)
    {
        MongoSerialization.Register();
        All = [.. entities];
        ThrowIfRepeated(All.Select(entity => entity.Name), "Two entities are called {0}.");
        ThrowIfRepeated(All.Select(entity => entity.Collection), "Two entities are stored in {0}.");
        _byName = All.ToDictionary(entity => entity.Name);
        foreach (var entity in All)
            Validate(entity);
        _children = All.SelectMany(entity =>
                entity.References.Where(reference => reference.Effect == OnDelete.Cascade).Select(reference => (entity, reference))
            )
            .ToLookup(pair => pair.reference.To);
        foreach (var entity in All)
            ThrowIf(Descendants(entity).Any(child => child.Name == entity.Name), "Deleting a {0} cascades in a circle.", entity.Name);
    }

    /// <summary>All entities, in the order of their declarations.</summary>
    public IReadOnlyList<Entity> All { get; }

    /// <summary>Returns an entity by its name.</summary>
    /// <exception cref="ArgumentException">No entity with this name is declared.</exception>
    public Entity this[string name] =>
        _byName.TryGetValue(name, out var entity) ? entity : throw new ArgumentException($"No entity is called {name}.", nameof(name));

    /// <summary>Returns true if documents of the entity can be deleted, archived and restored.</summary>
    public static bool HasLifecycle(Entity entity) => LifecycleFields.All(Fields(entity).Contains);

    /// <summary>Returns the entities to which an operation on the entity cascades directly, with their references.</summary>
    public IEnumerable<(Entity Child, Reference Reference)> Children(Entity entity) => _children[entity.Name];

    /// <summary>Returns the entities from which operations cascade to the entity, with its references.</summary>
    public IEnumerable<(Entity Parent, Reference Reference)> Parents(Entity entity) =>
        entity.References.Where(reference => reference.Effect == OnDelete.Cascade).Select(reference => (this[reference.To], reference));

    /// <summary>Returns all entities to which an operation cascades, each after the entities that it depends on.</summary>
    public IReadOnlyList<Entity> Levels(Entity root)
    {
        var pending = Descendants(root);
        var levels = new List<Entity>();
        while (pending.Count > 0)
        {
            var ready = pending
                .Where(entity => Parents(entity).All(parent => pending.All(other => other.Name != parent.Parent.Name)))
                .ToArray();
            levels.AddRange(ready);
            pending.RemoveAll(ready.Contains);
        }
        return levels;
    }

    /// <summary>Returns the names of a document's stored top-level fields, including hidden ones.</summary>
    internal static IReadOnlyCollection<string> Fields(Entity entity) =>
        [
            .. BsonClassMap.LookupClassMap(entity.Document).AllMemberMaps.Select(member => member.ElementName),
            .. entity.Hidden.Select(field => field.Name),
        ];

    private List<Entity> Descendants(Entity root)
    {
        var found = new List<Entity>();
        var queue = new Queue<Entity>([root]);
        while (queue.TryDequeue(out var entity))
        {
            foreach (var (child, _) in _children[entity.Name])
            {
                if (!found.Contains(child))
                {
                    found.Add(child);
                    queue.Enqueue(child);
                }
            }
        }

        return found;
    }

    private void Validate(Entity entity)
    {
        var fields = Fields(entity);
        foreach (var reference in entity.References)
        {
            ThrowIf(
                !_byName.TryGetValue(reference.To, out var target),
                "{0} references {1}, which is not declared.",
                entity.Name,
                reference.To
            );
            ThrowIf(!fields.Contains(reference.Field.Split('.')[0]), "{0} has no field {1}.", entity.Name, reference.Field);
            if (reference.Effect == OnDelete.Keep)
                continue;
            ThrowIf(
                reference.Field.Contains('.', StringComparison.Ordinal),
                "{0}.{1} cannot cascade because it is not a top-level field.",
                entity.Name,
                reference.Field
            );
            ThrowIf(
                !HasLifecycle(entity),
                "{0} cascades from {1} but lacks one of " + string.Join(", ", LifecycleFields) + ".",
                entity.Name,
                reference.To
            );
            ThrowIf(
                !HasLifecycle(target!),
                "{0} cascades from {1}, which lacks one of " + string.Join(", ", LifecycleFields) + ".",
                entity.Name,
                reference.To
            );
        }
        foreach (var file in entity.Files.Concat(entity.UniqueTogether))
            ThrowIf(!fields.Contains(file.Split('.')[0]), "{0} has no field {1}.", entity.Name, file);
    }

    private static void ThrowIfRepeated(IEnumerable<string> names, string message)
    {
        var repeated = names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        ThrowIf(repeated is not null, message, repeated);
    }

    private static void ThrowIf(bool isInvalid, string message, params string?[] names)
    {
        if (!isInvalid)
            return;
        for (var i = 0; i < names.Length; i++)
            message = message.Replace($"{{{i}}}", names[i], StringComparison.Ordinal);
        throw new InvalidOperationException("The declarations of the entities are invalid: " + message);
    }
}
