using MongoDB.Bson.Serialization;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Relations;

/// <summary>All declared entities together, checked: what refers to what, and what goes with what.</summary>
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

    /// <summary>Checks the declarations.</summary>
    /// <exception cref="InvalidOperationException">They contradict one another or the classes; the message says which and how.</exception>
    public EntityModel(IEnumerable<Entity> entities)
    {
        MongoSerialization.Register();
        All = [.. entities];
        RefuseRepeated(All.Select(entity => entity.Name), "Two entities are called {0}.");
        RefuseRepeated(All.Select(entity => entity.Collection), "Two entities are stored in {0}.");
        _byName = All.ToDictionary(entity => entity.Name);
        foreach (var entity in All)
            Check(entity);
        _children = All.SelectMany(entity =>
                entity.References.Where(reference => reference.Effect == OnDelete.Cascade).Select(reference => (entity, reference))
            )
            .ToLookup(pair => pair.reference.To);
        foreach (var entity in All)
            Refuse(Descendants(entity).Any(below => below.Name == entity.Name), "Deleting a {0} would go round in a circle.", entity.Name);
    }

    /// <summary>Every entity, in the order of declaration.</summary>
    public IReadOnlyList<Entity> All { get; }

    /// <summary>An entity by its name.</summary>
    /// <exception cref="ArgumentException">None is declared under it.</exception>
    public Entity this[string name] =>
        _byName.TryGetValue(name, out var entity) ? entity : throw new ArgumentException($"No entity is called {name}.", nameof(name));

    /// <summary>True when documents of it can be deleted, archived and restored.</summary>
    public static bool HasLifecycle(Entity entity) => LifecycleFields.All(Fields(entity).Contains);

    /// <summary>The entities that go with it directly, with the reference each holds.</summary>
    public IEnumerable<(Entity Child, Reference Reference)> Children(Entity entity) => _children[entity.Name];

    /// <summary>The references of an entity that a deletion of their target follows.</summary>
    public IEnumerable<(Entity Parent, Reference Reference)> Parents(Entity entity) =>
        entity.References.Where(reference => reference.Effect == OnDelete.Cascade).Select(reference => (this[reference.To], reference));

    /// <summary>All that goes with an entity, each after everything it depends on.</summary>
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

    /// <summary>The names of a document's own fields as they are stored, hidden ones included.</summary>
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

    private void Check(Entity entity)
    {
        var fields = Fields(entity);
        foreach (var reference in entity.References)
        {
            Refuse(
                !_byName.TryGetValue(reference.To, out var target),
                "{0} refers to {1}, which is not declared.",
                entity.Name,
                reference.To
            );
            Refuse(!fields.Contains(reference.Field.Split('.')[0]), "{0} has no field {1}.", entity.Name, reference.Field);
            if (reference.Effect == OnDelete.Keep)
                continue;
            Refuse(
                reference.Field.Contains('.', StringComparison.Ordinal),
                "{0}.{1} cannot cascade: it is not the document's own field.",
                entity.Name,
                reference.Field
            );
            Refuse(
                !HasLifecycle(entity),
                "{0} is to be deleted with {1} and lacks one of " + string.Join(", ", LifecycleFields) + ".",
                entity.Name,
                reference.To
            );
            Refuse(
                !HasLifecycle(target!),
                "{0} is to be deleted with {1}, which lacks one of " + string.Join(", ", LifecycleFields) + ".",
                entity.Name,
                reference.To
            );
        }
        foreach (var file in entity.Files.Concat(entity.UniqueTogether))
            Refuse(!fields.Contains(file.Split('.')[0]), "{0} has no field {1}.", entity.Name, file);
    }

    private static void RefuseRepeated(IEnumerable<string> names, string message)
    {
        var repeated = names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        Refuse(repeated is not null, message, repeated);
    }

    private static void Refuse(bool isWrong, string message, params string?[] names)
    {
        if (!isWrong)
            return;
        for (var i = 0; i < names.Length; i++)
            message = message.Replace($"{{{i}}}", names[i], StringComparison.Ordinal);
        throw new InvalidOperationException("The entities' declarations are wrong: " + message);
    }
}
