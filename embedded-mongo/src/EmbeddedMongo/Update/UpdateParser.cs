using EmbeddedMongo.Aggregation;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Update.Operators;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>Parses an update: operators, a replacement, or an aggregation pipeline.</summary>
internal static class UpdateParser
{
    /// <summary>Parses the <c>u</c> of an update statement or the <c>update</c> of findAndModify.</summary>
    /// <param name="update">A document of operators, a replacement document, or an array of stages.</param>
    /// <param name="arrayFilters">Conditions for <c>$[identifier]</c>.</param>
    /// <param name="context">The variables and the clock.</param>
    /// <exception cref="MongoErrorException">9 for unknown operators and wrong shapes, 40 for conflicting paths, 56 and 52 for invalid
    /// paths, and the operators' own errors.</exception>
    public static UpdateProgram Parse(BsonValue update, BsonArray? arrayFilters, MatchContext context)
    {
        switch (update)
        {
            case BsonArray pipeline:
                return arrayFilters is null
                    ? new PipelineProgram(UpdatePipeline.Parse(pipeline, context.Variables))
                    : throw MongoErrorException.FailedToParse("Cannot specify arrayFilters with a pipeline-style update");
            case BsonDocument document when document.ElementCount > 0 && document.GetElement(0).Name.StartsWith('$'):
                return ParseOperators(document, ArrayFilters.Parse(arrayFilters, context), context);
            case BsonDocument document:
                return arrayFilters is null
                    ? ReplacementProgram.Parse(document)
                    : throw MongoErrorException.FailedToParse("Cannot specify arrayFilters and a replacement-style update");
            default:
                throw MongoErrorException.FailedToParse("Update argument must be either an object or an array");
        }
    }

    private static OperatorProgram ParseOperators(BsonDocument update, ArrayFilters filters, MatchContext context)
    {
        var statements = new List<UpdateStatement>();
        var renames = new List<RenameOperation>();
        foreach (var modifier in update)
        {
            if (modifier.Value is not BsonDocument fields)
            {
                RequireKnown(modifier.Name);
                throw MongoErrorException.FailedToParse(
                    $"Modifiers operate on fields but we found type {TypeOperand.AliasOf(modifier.Value.BsonType)} instead. For example: {{$mod: {{<field>: ...}}}} not {{{modifier.Name}: {modifier.Value}}}"
                );
            }

            RequireKnown(modifier.Name);
            foreach (var field in fields)
            {
                var path = UpdatePath.Parse(field.Name);
                foreach (var part in path.Parts)
                {
                    if (UpdatePath.IdentifierOf(part) is { } identifier)
                        filters.MarkUsed(identifier, path.Path);
                }

                if (modifier.Name == "$rename")
                    renames.Add(RenameOperation.Parse(path, field.Value));
                else
                    statements.Add(new UpdateStatement(path, ParseOperator(modifier.Name, field, context)));
            }
        }

        filters.RequireAllUsed(update);
        foreach (var rename in renames)
            statements.Add(new UpdateStatement(rename.Target, rename));

        statements.Sort(static (a, b) => UpdatePathOrder.Instance.Compare(a.Path, b.Path));
        UpdateConflicts.ThrowIfAny([
            .. statements.Select(static statement => statement.Path),
            .. renames.Select(static rename => rename.Source),
        ]);
        return new OperatorProgram(statements, filters, context.Clock);
    }

    private static void RequireKnown(string name)
    {
        if (
            name
            is not (
                "$set"
                or "$setOnInsert"
                or "$unset"
                or "$inc"
                or "$mul"
                or "$min"
                or "$max"
                or "$rename"
                or "$currentDate"
                or "$push"
                or "$addToSet"
                or "$pull"
                or "$pullAll"
                or "$pop"
                or "$bit"
            )
        )
        {
            throw MongoErrorException.FailedToParse(
                $"Unknown modifier: {name}. Expected a valid update modifier or pipeline-style update specified as an array"
            );
        }
    }

    private static UpdateOperator ParseOperator(string name, BsonElement field, MatchContext context) =>
        name switch
        {
            "$set" => new SetOperator(field.Value),
            "$setOnInsert" => new SetOnInsertOperator(field.Value),
            "$unset" => UnsetOperator.Instance,
            "$inc" => ArithmeticOperator.Parse(field.Name, field.Value, multiply: false),
            "$mul" => ArithmeticOperator.Parse(field.Name, field.Value, multiply: true),
            "$min" => new ExtremeOperator(field.Value, greatest: false, context.Collation),
            "$max" => new ExtremeOperator(field.Value, greatest: true, context.Collation),
            "$currentDate" => CurrentDateOperator.Parse(field.Value),
            "$push" => PushOperator.Parse(field.Value, context.Collation),
            "$addToSet" => AddToSetOperator.Parse(field.Value, context.Collation),
            "$pull" => PullOperator.Parse(field.Value, context),
            "$pullAll" => PullOperator.ParseAll(field.Value, context.Collation),
            "$pop" => PopOperator.Parse(field.Value),
            _ => BitOperator.Parse(field.Name, field.Value),
        };
}
