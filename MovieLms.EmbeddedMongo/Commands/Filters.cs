using MovieLms.EmbeddedMongo.Query;

namespace MovieLms.EmbeddedMongo.Commands;

/// <summary>What a command's filter may refer to: the variables of its <c>let</c>, and the time of its start.</summary>
internal static class Filters
{
    public static MatchContext Context(CommandArguments arguments)
    {
        arguments.Refuse("let", static value => value is MongoDB.Bson.BsonDocument { ElementCount: 0 });
        return MatchContext.Default;
    }
}
