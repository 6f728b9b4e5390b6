using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update.Operators;

/// <summary><c>$rename</c>: moves the value to the new path and removes the old field. Neither path may lead through an array.</summary>
internal sealed class RenameOperation(UpdatePath source, UpdatePath target)
{
    private readonly BsonPath _source = new(source.Path);

    public static RenameOperation Parse(UpdatePath source, BsonValue to)
    {
        if (to is not BsonString text)
        {
            throw MongoErrorException.BadValue(
                $"The 'to' field for $rename must be a string: {new BsonDocument(source.Path, to).ToJson()}"
            );
        }

        var target = UpdatePath.Parse(text.Value);
        if (source.Path == target.Path)
        {
            throw MongoErrorException.BadValue(
                $"The source and target field for $rename must differ: {new BsonDocument(source.Path, to).ToJson()}"
            );
        }

        if (source.Overlaps(target))
        {
            throw MongoErrorException.BadValue(
                $"The source and target field for $rename must not be on the same path: {new BsonDocument(source.Path, to).ToJson()}"
            );
        }

        if (source.IsDynamic || target.IsDynamic)
        {
            throw MongoErrorException.BadValue(
                $"The {(source.IsDynamic ? "source" : "destination")} field for $rename may not be dynamic: {(source.IsDynamic ? source : target).Path}"
            );
        }

        return new RenameOperation(source, target);
    }

    public UpdatePath Source => source;

    public UpdatePath Target => target;

    public BsonDocument Apply(BsonDocument document, UpdateContext context)
    {
        RequireNoArray(document, source, "source", context);
        if (_source.GetField(document) is not { } value)
            return document;

        RequireNoArray(document, target, "destination", context);
        var written = PathWriter.Apply(document, target, new SetOperator(value), context with { Path = target.Path });
        return PathWriter.Apply(written, source, UnsetOperator.Instance, context);
    }

    // A name under an array is not viable (28), as under a scalar. An index selects an element, which cannot be renamed (2).
    private static void RequireNoArray(BsonDocument document, UpdatePath path, string role, UpdateContext context)
    {
        BsonValue? value = document;
        for (var i = 0; i < path.Parts.Length - 1 && value is BsonDocument parent; i++)
        {
            value = parent.GetValue(path.Parts[i], null);
            var isNotViable = role == "source" && BsonPath.ParseOffset(path.Parts[i + 1]) < 0;
            if (value is BsonArray && !isNotViable)
            {
                throw MongoErrorException.BadValue(
                    $"The {role} field cannot be an array element, '{path.Path}' in doc with {context.Id} has an array field called '{path.Parts[i]}'"
                );
            }

            if (value is not (null or BsonDocument))
            {
                throw MongoErrorException.PathNotViable(
                    $"cannot use the part ({path.Parts[i + 1]} of {path.Path}) to traverse the element {new BsonDocument(path.Parts[i], value).ToJson()}"
                );
            }
        }
    }
}
