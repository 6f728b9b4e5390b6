using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Projecting;

/// <summary>Parses the specification of $project: {a: 1, b: 0, c: expression, d: {e: 1}, "f.g": 1}.</summary>
internal sealed class ProjectionBuilder(VariableScope scope)
{
    private readonly PathTree _paths = new();
    private bool? _including;
    private bool _idIncluded;
    private bool _idExcluded;
    private bool _idNamed;

    public ProjectionNode Root { get; } = new();

    /// <summary>Whether the specification lists the fields to keep. Otherwise it lists those to drop.</summary>
    public bool IsInclusion { get; private set; }

    public static ProjectionBuilder Parse(BsonDocument spec, VariableScope scope)
    {
        var builder = new ProjectionBuilder(scope);
        if (spec.ElementCount == 0)
        {
            throw MongoErrorException.Location(
                51272,
                "Invalid $project :: caused by :: projection specification must have at least one field"
            );
        }

        foreach (var element in spec)
            builder.AddField([], element.Name, element.Value);
        builder.Finish();
        return builder;
    }

    private void Finish()
    {
        IsInclusion = _including ?? !_idExcluded;
        if (IsInclusion ? _idIncluded || !_idNamed : _idExcluded)
            Root.AddListed(["_id"]);
    }

    private void AddField(string[] prefix, string name, BsonValue value)
    {
        if (name.StartsWith('$'))
        {
            throw prefix.Length == 0
                ? MongoErrorException.Location(
                    16410,
                    $"Invalid $project :: caused by :: FieldPath field names may not start with '$'. Consider using $getField or $setField."
                )
                : MongoErrorException.Location(
                    31325,
                    $"Invalid $project :: caused by :: Cannot have expression operator {name} beside other fields"
                );
        }
        string[] path = [.. prefix, .. FieldPath.Parse(name)];
        switch (value)
        {
            case BsonDocument { ElementCount: 0 }:
                throw MongoErrorException.Location(
                    51270,
                    $"Invalid $project :: caused by :: An empty sub-projection is not a valid value. Found empty object at path {string.Join('.', path)}"
                );
            case BsonDocument document when !document.GetElement(0).Name.StartsWith('$'):
                foreach (var element in document)
                    AddField(path, element.Name, element.Value);
                return;
            case BsonDocument { ElementCount: > 1 }:
                throw MongoErrorException.Location(
                    40181,
                    $"Invalid $project :: caused by :: an expression specification must contain exactly one field, the name of the expression. Found {value} at {string.Join('.', path)}"
                );
            case BsonDocument expression when !ExpressionParser.IsKnown(expression.GetElement(0).Name):
                throw MongoErrorException.Location(
                    31325,
                    $"Invalid $project :: caused by :: Unknown expression {expression.GetElement(0).Name}"
                );
        }
        if (!_paths.TryAdd(path, out var extendsEarlier))
        {
            throw MongoErrorException.Location(
                extendsEarlier ? 31249 : 31250,
                $"Invalid $project :: caused by :: Path collision at {string.Join('.', path)}"
            );
        }

        if (value is BsonBoolean || BsonNumbers.IsNumber(value))
        {
            AddFlag(path, Truthiness.IsTrue(value));
            return;
        }
        if (_including == false)
        {
            throw MongoErrorException.Location(
                31252,
                $"Invalid $project :: caused by :: Cannot use an expression in an exclusion projection: {string.Join('.', path)}"
            );
        }

        _idNamed |= path is ["_id"];
        _including = true;
        Root.AddExpression(path, ExpressionParser.Parse(value, scope));
    }

    private void AddFlag(string[] path, bool include)
    {
        if (path is ["_id"])
        {
            _idNamed = true;
            (_idIncluded, _idExcluded) = (include, !include);
            return;
        }
        if (_including is { } earlier && earlier != include)
        {
            throw include
                ? MongoErrorException.Location(
                    31253,
                    $"Invalid $project :: caused by :: Cannot do inclusion on field {string.Join('.', path)} in exclusion projection"
                )
                : MongoErrorException.Location(
                    31254,
                    $"Invalid $project :: caused by :: Cannot do exclusion on field {string.Join('.', path)} in inclusion projection"
                );
        }
        _including = include;
        _idNamed |= path[0] == "_id";
        Root.AddListed(path);
    }
}
