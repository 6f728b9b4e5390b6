using System.Buffers.Text;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace MovieLms.Data.Paging;

/// <summary>
/// The position at which the next page starts: the sort key and ID of the last returned item. Unlike an offset, it neither skips nor
/// repeats items when others are added or removed.
/// </summary>
/// <param name="Sort">The sort order of the cursor. A cursor for another order is rejected.</param>
/// <param name="Key">The sort key of the last item; BsonNull if it has none.</param>
/// <param name="Id">The ID of the last item, which makes the order total.</param>
public sealed record PageCursor(string Sort, BsonValue Key, ObjectId Id)
{
    private const int MaxTextLength = 2_048;

    /// <summary>Returns the cursor as opaque text: base64url (RFC 4648, section 5) of a BSON document.</summary>
    public string Encode() =>
        Base64Url.EncodeToString(
            new BsonDocument
            {
                { "s", Sort },
                { "k", Key },
                { "i", Id },
            }.ToBson()
        );

    /// <summary>Parses a cursor that a client sent.</summary>
    /// <returns>False if the text is not a result of <see cref="Encode"/> for this sort order.</returns>
    public static bool TryDecode(string text, string sort, out PageCursor cursor)
    {
        cursor = null!;
        if (text.Length is 0 or > MaxTextLength || !Base64Url.IsValid(text))
            return false;
        try
        {
            var document = BsonSerializer.Deserialize<BsonDocument>(Base64Url.DecodeFromChars(text));
            if (document.ElementCount != 3 || document.GetValue("s", null) is not BsonString { Value: var s } || s != sort)
                return false;
            // Only scalar values: a forged cursor must not inject an operator document into a filter.
            if (document.GetValue("k", null) is not { IsBsonDocument: false, IsBsonArray: false, IsBsonRegularExpression: false } key)
                return false;
            if (document.GetValue("i", null) is not BsonObjectId id)
                return false;
            cursor = new PageCursor(s, key, id.Value);
            return true;
        }
        catch (Exception e) when (e is FormatException or IOException or ArgumentException or InvalidOperationException or BsonException)
        {
            return false;
        }
    }
}
