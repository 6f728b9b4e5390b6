using MongoDB.Bson;
using MovieLms.EmbeddedMongo.Errors;
using MovieLms.EmbeddedMongo.Expressions;
using MovieLms.EmbeddedMongo.Values;

namespace MovieLms.EmbeddedMongo.Query;

/// <summary>Parses a find projection (manual: "Project Fields to Return from Query").</summary>
internal sealed class ProjectionParser
{
    private readonly MatchExpression? _query;
    private readonly MatchContext _context;
    private readonly ProjectionNode _root = new();

    // Every path, in the order given: what is not in the tree (a $slice) collides all the same.
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

    /// <summary>Parses a projection; <paramref name="query"/> is what the positional operator asks for its position.</summary>
    /// <exception cref="MongoErrorException">31253 and 31254 for mixing inclusion and exclusion, 31249 and 31250 for overlapping paths, …</exception>
    public static Projection Parse(BsonDocument spec, MatchExpression? query, MatchContext context) =>
        new ProjectionParser(query, context).Build(spec);

    private Projection Build(BsonDocument spec)
    {
        for (var i = 0; i < spec.ElementCount; i++)
        {
            var element = spec.GetElement(i);
            Add(element.Name, element.Value, topLevel: true);
        }

        // $slice alone keeps the other fields unless {_id: 1} says otherwise; $elemMatch alone keeps none.
        var inclusion = _inclusion ?? (_slices.Count > 0 ? _id == true : _hasElemMatch || _id == true);
        if (inclusion ? _id != false : _id == false)
        {
            _root.Add(["_id"], "_id", null);
        }

        foreach (var (path, edit) in _slices)
        {
            if (inclusion)
            {
                _root.Add(path.Split('.'), path, null);
            }

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

        RequirePath(path);
        if (value is not BsonDocument { ElementCount: > 0 } subProjection || subProjection.GetElement(0).Name.StartsWith('$'))
        {
            _seen.Add(path.Split('.'), path, null);
        }

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
                    51270, $"An empty sub-projection is not a valid value. Found empty object at path {path}");
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
                {
                    throw MongoErrorException.Location(31310, $"Cannot use an expression {path}: {value} in an exclusion projection");
                }

                AddComputed(path, Compute(value));
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
        {
            throw MongoErrorException.Location(15983, $"An object representing an expression must have exactly one field: {document}");
        }

        switch (first.Name)
        {
            case "$slice" when FindSlice(path, first.Value) is { } slice:
                _slices.Add((path, slice));
                break;
            case "$elemMatch":
                if (first.Value is not BsonDocument)
                {
                    throw MongoErrorException.Location(
                        31274, $"elemMatch: Invalid argument, object required, but got {TypeOperand.AliasOf(first.Value.BsonType)}");
                }

                if (_hasPositional)
                {
                    throw MongoErrorException.Location(31255, "Cannot specify positional operator and $elemMatch.");
                }

                if (!topLevel || path.Contains('.', StringComparison.Ordinal))
                {
                    throw MongoErrorException.Location(31275, "Cannot use $elemMatch projection on a nested field.");
                }

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
                {
                    throw MongoErrorException.Location(31252, "Cannot use expression other than $meta in exclusion projection");
                }

                AddComputed(path, Compute(document));
                break;
        }
    }

    private void AddComputed(string path, ComputedField computed)
    {
        if (path == "_id")
        {
            _id = false;
        }

        RequireKind(path, include: true);
        _root.Add(path.Split('.'), path, computed);
    }

    private void AddPositional(string path, BsonValue value)
    {
        if (value is BsonDocument)
        {
            throw MongoErrorException.Location(31271, "positional projection cannot be used with an expression or sub object");
        }

        if (value is not BsonBoolean && !BsonNumbers.IsNumber(value))
        {
            throw MongoErrorException.Location(31308, "positional projection cannot be used with a literal");
        }

        if (!Truthiness.IsTrue(value))
        {
            throw MongoErrorException.Location(31395, "positional projection cannot be used with exclusion");
        }

        if (_hasElemMatch)
        {
            throw MongoErrorException.Location(31256, "Cannot specify positional operator and $elemMatch.");
        }

        if (_hasPositional)
        {
            throw MongoErrorException.Location(31276, "Cannot specify more than one positional projection per query.");
        }

        var field = path[..^2];
        RequirePath(field);
        if (_inclusion == false)
        {
            throw MongoErrorException.Location(31253, $"Cannot do inclusion on field {path} in exclusion projection");
        }

        var top = field.Split('.')[0];
        if (_query is null)
        {
            throw MongoErrorException.Location(51050, "Projections with a positional operator require a matcher");
        }

        if (!PositionalQuery.Mentions(_query, top))
        {
            throw MongoErrorException.Location(31277, $"Positional projection '{path}' does not match the query document.");
        }

        _hasPositional = true;
        _seen.Add(field.Split('.'), field, null);
        _inclusion = true;
        _root.Add(field.Split('.'), field, null);
        _edits.Add(new PositionalEdit(new BsonPath(field)));
    }

    private ExpressionField Compute(BsonValue value) =>
        new(ExpressionParser.Parse(value, _context.Variables), _context.Variables.Context);

    // Null for the aggregation operator of the same name, whose first argument is an expression.
    private static SliceEdit? FindSlice(string path, BsonValue operand)
    {
        if (BsonNumbers.IsNumber(operand))
        {
            return new SliceEdit(new BsonPath(path), null, Clamp(operand));
        }

        if (operand is not BsonArray array)
        {
            throw MongoErrorException.Location(28667, "Invalid $slice syntax. The given syntax did not match the find() syntax: a number or [skip, limit]");
        }

        if (array.Count != 2 || !BsonNumbers.IsNumber(array[0]))
        {
            return null;
        }

        if (!BsonNumbers.IsNumber(array[1]) || Clamp(array[1]) <= 0)
        {
            throw MongoErrorException.Location(28724, $"The limit of $slice must be a positive number, but is: {array[1]}");
        }

        return new SliceEdit(new BsonPath(path), Clamp(array[0]), Clamp(array[1]));
    }

    private static int Clamp(BsonValue number)
    {
        var value = BsonNumbers.ToDouble(number);
        return double.IsNaN(value) ? 0 : (int)Math.Clamp(value, int.MinValue + 1, int.MaxValue);
    }

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

    private static void RequirePath(string path)
    {
        if (path.Length == 0)
        {
            throw MongoErrorException.Location(40352, "FieldPath cannot be constructed with empty string");
        }

        if (path[^1] == '.')
        {
            throw MongoErrorException.Location(40353, "FieldPath must not end with a '.'.");
        }

        PathLimits.Require(path);
        foreach (var part in path.Split('.'))
        {
            if (part.Length == 0)
            {
                throw MongoErrorException.Location(15998, "FieldPath field names may not be empty strings.");
            }

            if (part[0] == '$')
            {
                throw MongoErrorException.Location(
                    part == "$" ? 31394 : 16410,
                    part == "$"
                        ? "As of 4.4, it's illegal to specify positional operator in the middle of a path. Positional projection may only be used at the end"
                        : "FieldPath field names may not start with '$'. Consider using $getField or $setField.");
            }
        }
    }
}
