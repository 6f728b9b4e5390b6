using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Projecting;

/// <summary>Parses a find projection (manual: "Project Fields to Return from Query").</summary>
internal sealed class ProjectionParser
{
    private readonly MatchExpression? _query;
    private readonly MatchContext _context;
    private readonly ProjectionNode _root = new();

    // Every path in the given order. Paths outside the tree ($slice) can collide, too.
    private readonly ProjectionNode _seen = new();
    private readonly List<ProjectionEdit> _edits = [];
    private bool? _inclusion;
    private bool? _id;
    private bool _hasElemMatch;
    private bool _hasPositional;
    private readonly List<(string Path, ProjectionEdit Edit)> _slices = [];

    private ProjectionParser(MatchExpression? query, MatchContext context)
    {
        _query = query;
        _context = context;
    }

    /// <summary>Parses a projection. The positional operator takes its position from <paramref name="query"/>.</summary>
    /// <exception cref="MongoErrorException">31253 and 31254 for a mix of inclusion and exclusion, 31249 and 31250 for overlapping
    /// paths, and others.</exception>
    public static Projection Parse(BsonDocument spec, MatchExpression? query, MatchContext context) =>
        new ProjectionParser(query, context).Build(spec);

    private Projection Build(BsonDocument spec)
    {
        for (var i = 0; i < spec.ElementCount; i++)
        {
            var element = spec.GetElement(i);
            Add(element.Name, element.Value, topLevel: true);
        }

        // $slice alone keeps the other fields unless {_id: 1} is given; $elemMatch alone keeps none.
        var inclusion = _inclusion ?? (_slices.Count > 0 ? _id == true : _hasElemMatch || _id == true);
        if (inclusion ? _id != false : _id == false)
            _root.Add(["_id"], "_id", null);

        foreach (var (path, edit) in _slices)
        {
            if (inclusion)
                _root.Add(path.Split('.'), path, null);

            _edits.Add(edit);
        }

        return new Projection(_root, inclusion, _edits, _hasPositional ? _query : null);
    }

    private void Add(string path, BsonValue value, bool topLevel)
    {
        if (path.EndsWith(".$", StringComparison.Ordinal))
        {
            AddPositional(path, value);
            return;
        }

        FieldPathRules.Require(path);
        if (value is not BsonDocument { ElementCount: > 0 } subProjection || subProjection.GetElement(0).Name.StartsWith('$'))
            _seen.Add(path.Split('.'), path, null);

        switch (value)
        {
            case BsonBoolean flag:
                AddFlag(path, flag.Value);
                break;
            case var number when BsonNumbers.IsNumber(number):
                AddFlag(path, Truthiness.IsTrue(number));
                break;
            case BsonDocument { ElementCount: 0 }:
                throw MongoErrorException.Location(
                    51270,
                    $"An empty sub-projection is not a valid value. Found empty object at path {path}"
                );
            case BsonDocument document when document.GetElement(0).Name.StartsWith('$'):
                AddOperator(path, document, topLevel);
                break;
            case BsonDocument nested:
                for (var i = 0; i < nested.ElementCount; i++)
                {
                    var element = nested.GetElement(i);
                    Add($"{path}.{element.Name}", element.Value, topLevel: false);
                }

                break;
            default:
                if (_inclusion == false)
                    throw MongoErrorException.Location(31310, $"Cannot use an expression {path}: {value} in an exclusion projection");

                AddComputed(path, ParseExpression(value));
                break;
        }
    }

    private void AddFlag(string path, bool include)
    {
        if (path == "_id")
        {
            _id = include;
            return;
        }

        RequireKind(path, include);
        _root.Add(path.Split('.'), path, null);
    }

    private void AddOperator(string path, BsonDocument document, bool topLevel)
    {
        var first = document.GetElement(0);
        if (document.ElementCount != 1)
            throw MongoErrorException.Location(15983, $"An object representing an expression must have exactly one field: {document}");

        switch (first.Name)
        {
            case "$slice" when SliceEdit.Parse(path, first.Value) is { } slice:
                _slices.Add((path, slice));
                break;
            case "$elemMatch":
                if (first.Value is not BsonDocument)
                {
                    throw MongoErrorException.Location(
                        31274,
                        $"elemMatch: Invalid argument, object required, but got {TypeOperand.AliasOf(first.Value.BsonType)}"
                    );
                }

                if (_hasPositional)
                    throw MongoErrorException.Location(31255, "Cannot specify positional operator and $elemMatch.");

                if (!topLevel || path.Contains('.', StringComparison.Ordinal))
                    throw MongoErrorException.Location(31275, "Cannot use $elemMatch projection on a nested field.");

                _hasElemMatch = true;
                var condition = (PathExpression)MatchParser.ParseCondition(path, document, _context);
                _root.Add([path], path, new ElemMatchField(path, condition));
                break;
            case "$meta":
                throw MongoErrorException.BadValue("$meta projections are not supported by this server");
            case var name when !ExpressionParser.IsOperator(name):
                throw MongoErrorException.Location(31325, $"Unknown expression {name}");
            default:
                if (_inclusion == false)
                    throw MongoErrorException.Location(31252, "Cannot use expression other than $meta in exclusion projection");

                AddComputed(path, ParseExpression(document));
                break;
        }
    }

    private void AddComputed(string path, ComputedField computed)
    {
        if (path == "_id")
            _id = false;

        RequireKind(path, include: true);
        _root.Add(path.Split('.'), path, computed);
    }

    private void AddPositional(string path, BsonValue value)
    {
        PositionalQuery.RequireFlag(value);
        if (_hasElemMatch)
            throw MongoErrorException.Location(31256, "Cannot specify positional operator and $elemMatch.");

        if (_hasPositional)
            throw MongoErrorException.Location(31276, "Cannot specify more than one positional projection per query.");

        var field = path[..^2];
        FieldPathRules.Require(field);
        if (_inclusion == false)
            throw MongoErrorException.Location(31253, $"Cannot do inclusion on field {path} in exclusion projection");

        PositionalQuery.RequireCondition(_query, path);
        _hasPositional = true;
        _seen.Add(field.Split('.'), field, null);
        _inclusion = true;
        _root.Add(field.Split('.'), field, null);
        _edits.Add(new PositionalEdit(new BsonPath(field)));
    }

    private ExpressionField ParseExpression(BsonValue value) =>
        new(ExpressionParser.Parse(value, _context.Variables), _context.Variables.Context);

    private void RequireKind(string path, bool include)
    {
        if (_inclusion is { } kind && kind != include)
        {
            throw kind
                ? MongoErrorException.Location(31254, $"Cannot do exclusion on field {path} in inclusion projection")
                : MongoErrorException.Location(31253, $"Cannot do inclusion on field {path} in exclusion projection");
        }

        _inclusion = include;
    }
}
