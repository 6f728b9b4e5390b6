using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$sortByCount: a $group that counts, and a $sort by count.</summary>
internal static class SortByCountParser
{
    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        switch (spec)
        {
            case BsonDocument { ElementCount: > 0 } document when document.GetElement(0).Name.StartsWith('$'):
                break;
            case BsonDocument:
                throw MongoErrorException.Location(
                    40147,
                    $"the sortByCount field must be defined as a $-prefixed path or an expression inside an object. Provided: {spec}"
                );
            case BsonString text when text.Value.StartsWith('$'):
                break;
            case BsonString:
                throw MongoErrorException.Location(
                    40148,
                    $"the sortByCount field must be defined as a $-prefixed path or an expression inside an object. Provided: {spec}"
                );
            default:
                throw MongoErrorException.Location(
                    40149,
                    $"the sortByCount field must be specified as a string or as an object. Provided: {spec}"
                );
        }
        return
        [
            .. GroupStage.Parse(new BsonDocument { { "_id", spec }, { "count", new BsonDocument("$sum", 1) } }, context),
            .. SortStage.Parse(new BsonDocument("count", -1), context),
        ];
    }
}
