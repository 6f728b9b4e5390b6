using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update.Operators;

/// <summary><c>$addToSet</c>, with or without <c>$each</c>: adds values that no element equals (1 equals 1.0).</summary>
internal sealed class AddToSetOperator(BsonArray values, Collation? collation) : UpdateOperator
{
    public static AddToSetOperator Parse(BsonValue value, Collation? collation)
    {
        if (value is not BsonDocument { ElementCount: > 0 } document || document.GetElement(0).Name != "$each")
            return new AddToSetOperator([value], collation);

        if (document.GetElement(0).Value is not BsonArray each)
        {
            throw MongoErrorException.TypeMismatch(
                $"The argument to $each in $addToSet must be an array but it was of type {TypeOperand.AliasOf(document.GetElement(0).Value.BsonType)}"
            );
        }

        return document.ElementCount > 1
            ? throw MongoErrorException.BadValue($"Found unexpected fields after $each in $addToSet: {document}")
            : new AddToSetOperator(each, collation);
    }

    public override BsonValue? Apply(BsonValue? current, UpdateContext context)
    {
        if (current is not (null or BsonArray))
        {
            throw MongoErrorException.BadValue(
                $"Cannot apply $addToSet to non-array field. Field named '{context.Field}' has non-array type {TypeOperand.AliasOf(current.BsonType)}"
            );
        }

        var present = new HashSet<BsonValue?>((BsonArray?)current ?? [], Collation.GetEqualityComparer(collation));
        BsonArray? result = current is null ? [] : null;
        foreach (var value in values)
        {
            if (present.Add(value))
            {
                result ??= new BsonArray((BsonArray)current!);
                result.Add(value);
            }
        }

        return result ?? current;
    }
}

/// <summary><c>$pop</c>: removes the last (1) or first (-1) element.</summary>
internal sealed class PopOperator(bool first) : UpdateOperator
{
    public override bool Creates => false;

    public static PopOperator Parse(BsonValue value)
    {
        if (!BsonNumbers.IsNumber(value))
            throw MongoErrorException.FailedToParse($"Expected a number in: $pop: {value}");

        return BsonNumbers.TryToInt64(value, out var end) && end is 1 or -1
            ? new PopOperator(end == -1)
            : throw MongoErrorException.FailedToParse($"$pop expects 1 or -1, found: {value}");
    }

    public override BsonValue? Apply(BsonValue? current, UpdateContext context)
    {
        if (current is null or BsonArray { Count: 0 })
            return current;

        if (current is not BsonArray array)
        {
            throw MongoErrorException.TypeMismatch(
                $"Path '{context.Path}' contains an element of non-array type '{TypeOperand.AliasOf(current.BsonType)}'"
            );
        }

        var result = new BsonArray(array);
        result.RemoveAt(first ? 0 : array.Count - 1);
        return result;
    }
}

/// <summary><c>$pull</c> and <c>$pullAll</c>: removes every element that matches the predicate.</summary>
internal sealed class PullOperator(Func<BsonValue, bool> matches) : UpdateOperator
{
    public override bool Creates => false;

    public static PullOperator Parse(BsonValue condition, MatchContext context)
    {
        var isFilter = condition is BsonDocument { ElementCount: > 0 } first && MatchParser.IsFilterOperator(first.GetElement(0).Name);
        if (!isFilter && (condition is BsonRegularExpression || MatchParser.IsOperatorDocument(condition)))
        {
            // The element is tested as the value of a field with an empty name, so that nested arrays are traversed.
            var test = MatchParser.ParseCondition("", condition, context);
            return new PullOperator(element => test.Matches(new BsonDocument("", element)));
        }

        if (condition is BsonDocument document)
        {
            var filter = MatchParser.Parse(document, context);
            return new PullOperator(element => element is BsonDocument item && filter.Matches(item));
        }

        return new PullOperator(element => Collation.Compare(context.Collation, element, condition) == 0);
    }

    public static PullOperator ParseAll(BsonValue values, Collation? collation)
    {
        if (values is not BsonArray array)
        {
            throw MongoErrorException.BadValue(
                $"$pullAll requires an array argument but was given a {TypeOperand.AliasOf(values.BsonType)}"
            );
        }

        var set = new HashSet<BsonValue?>(array, Collation.GetEqualityComparer(collation));
        return new PullOperator(set.Contains);
    }

    public override BsonValue? Apply(BsonValue? current, UpdateContext context)
    {
        if (current is null)
            return null;

        if (current is not BsonArray array)
            throw MongoErrorException.BadValue("Cannot apply $pull to a non-array value");

        var kept = new BsonArray(array.Count);
        for (var i = 0; i < array.Count; i++)
        {
            if (!matches(array[i]))
                kept.Add(array[i]);
        }

        return kept.Count == array.Count ? current : kept;
    }
}
