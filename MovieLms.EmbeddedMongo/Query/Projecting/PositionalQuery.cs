namespace MovieLms.EmbeddedMongo.Query;

/// <summary>Whether a filter can give the positional operator a position.</summary>
internal static class PositionalQuery
{
    /// <summary>Whether any condition of the filter is on the top-level field.</summary>
    public static bool Mentions(MatchExpression query, string field) => query switch
    {
        PathExpression path => path.BsonPath.First == field,
        ListExpression list => Array.Exists(list.Children, child => Mentions(child, field)),
        NotExpression not => Mentions(not.Child, field),
        _ => false,
    };
}
