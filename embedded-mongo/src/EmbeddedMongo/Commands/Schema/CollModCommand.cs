using EmbeddedMongo.Commands.Writes;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Storage;
using MongoDB.Bson;
using RocksDbSharp;

namespace EmbeddedMongo.Commands.Schema;

/// <summary><c>collMod</c>: changes the expiry of a TTL index, hides indexes, and changes the limits of a capped collection.</summary>
internal sealed class CollModCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["collMod"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        foreach (
            var option in (ReadOnlySpan<string>)
                [
                    "validator",
                    "validationLevel",
                    "validationAction",
                    "viewOn",
                    "pipeline",
                    "expireAfterSeconds",
                    "timeseries",
                    "changeStreamPreAndPostImages",
                    "recordPreImages",
                    "dryRun",
                ]
        )
        {
            arguments.Refuse(option);
        }

        var index = arguments.GetDocument("index") is { } specification ? IndexChange.Parse(specification) : null;
        long? size = arguments.GetInt64("cappedSize") is { } newSize ? CappedLimits.CheckSize("cappedSize", newSize) : null;
        long? max = arguments.GetInt64("cappedMax") is { } newMax ? CappedLimits.CheckMax("cappedMax", newMax) : null;
        arguments.RefuseUnknown();
        if (!WriteBatches.RunLocked(operation, create: false, Modify))
            throw new MongoErrorException(MongoErrorCodes.NamespaceNotFound, "ns does not exist");

        void Modify(Collection collection)
        {
            var state = collection.State;
            if (size is not null || max is not null)
            {
                var limits = state.Capped ?? throw InvalidOptions("Collection must be capped.");
                state = state.WithOptions(new CappedLimits(size ?? limits.Size, max ?? limits.Max).ApplyTo(state.Options));
            }

            if (index is not null)
                state = index.Apply(operation, collection.Namespace, state);

            if (!ReferenceEquals(state, collection.State))
                Store(collection, state);
        }
    }

    private static void Store(Collection collection, CollectionState state)
    {
        using var batch = new WriteBatch();
        Catalog.Write(batch, collection, state);
        collection.Engine.Write(batch);
        collection.Publish(state);
    }

    private static MongoErrorException InvalidOptions(string message) => new(MongoErrorCodes.InvalidOptions, message);

    /// <summary>The <c>index</c> option: <c>{name or keyPattern, expireAfterSeconds, hidden}</c>.</summary>
    private sealed record IndexChange(string? Name, BsonDocument? KeyPattern, long? ExpireAfterSeconds, bool? Hidden)
    {
        public static IndexChange Parse(BsonDocument specification)
        {
            var arguments = new CommandArguments("collMod.index", specification);
            var change = new IndexChange(
                arguments.GetString("name"),
                arguments.GetDocument("keyPattern"),
                arguments.GetInt64("expireAfterSeconds"),
                arguments.Get("hidden") is null ? null : arguments.GetBoolean("hidden")
            );
            arguments.Refuse("unique");
            arguments.Refuse("prepareUnique");
            foreach (var option in specification.Names)
            {
                if (option is not ("name" or "keyPattern" or "expireAfterSeconds" or "hidden" or "unique" or "prepareUnique"))
                    throw MongoErrorException.UnknownField(arguments.Command, option);
            }

            if (change is { Name: not null, KeyPattern: not null })
                throw InvalidOptions("Cannot specify both key pattern and name.");

            if (change is { Name: null, KeyPattern: null })
                throw InvalidOptions("Must specify either index name or key pattern.");

            return change.ExpireAfterSeconds is not null || change.Hidden is not null
                ? change
                : throw InvalidOptions("no expireAfterSeconds, hidden, unique, or prepareUnique field");
        }

        /// <summary>Returns the state with the changed index, and adds the old and new values to the reply.</summary>
        public CollectionState Apply(OperationContext operation, string ns, CollectionState state)
        {
            var index = Find(ns, state);
            if (Hidden is not null && index.IsIdIndex)
                throw MongoErrorException.BadValue("can't hide _id index");

            var definition = (BsonDocument)index.Definition.Clone();
            if (ExpireAfterSeconds is { } seconds && seconds != index.ExpireAfterSeconds)
                SetExpiry(operation, state, index, definition, seconds);

            if (Hidden is { } hidden && hidden != index.Hidden)
            {
                operation.Reply.Add("hidden_old", index.Hidden);
                operation.Reply.Add("hidden_new", hidden);
                definition.Remove("hidden");
                if (hidden)
                    definition.Add("hidden", true);
            }

            return definition == index.Definition ? state : state.WithReplaced(index.WithDefinition(definition));
        }

        private static void SetExpiry(
            OperationContext operation,
            CollectionState state,
            IndexSpec index,
            BsonDocument definition,
            long seconds
        )
        {
            if (state.Capped is not null)
                throw InvalidOptions("TTL indexes are not supported for capped collections.");

            if (index.IsIdIndex)
                throw InvalidOptions("the _id field does not support TTL indexes");

            if (index.FieldCount > 1)
                throw InvalidOptions("TTL indexes are single-field indexes, compound indexes do not support TTL");

            if (seconds is < 0 or > int.MaxValue)
                throw InvalidOptions($"TTL index 'expireAfterSeconds' option must be within an acceptable range, not {seconds}");

            if (index.ExpireAfterSeconds is { } old)
                operation.Reply.Add("expireAfterSeconds_old", old);

            operation.Reply.Add("expireAfterSeconds_new", seconds);
            definition["expireAfterSeconds"] = (int)seconds;
        }

        private IndexSpec Find(string ns, CollectionState state)
        {
            var found = state
                .Indexes.Where(index => Name is null ? IndexDefinition.SamePattern(index.KeyPattern, KeyPattern!) : index.Name == Name)
                .ToList();
            return found.Count switch
            {
                1 => found[0],
                0 => throw new MongoErrorException(
                    MongoErrorCodes.IndexNotFound,
                    $"cannot find index {Name ?? KeyPattern!.ToJson()} for ns {ns}"
                ),
                _ => throw new MongoErrorException(
                    181,
                    "AmbiguousIndexKeyPattern",
                    $"index keyPattern {KeyPattern} matches {found.Count} indexes, must use index name."
                ),
            };
        }
    }
}
