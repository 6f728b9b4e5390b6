using System.Buffers.Text;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace MovieLms.Data.Paging;

/// <summary>
/// Where the next page begins: the sort key and the id of the last item given out, so that a page continues after an item
/// and not after a number of items (which would skip or repeat when others are added or removed).
/// </summary>
/// <param name="Sort">The sort it belongs to; a cursor of another sort is refused.</param>
/// <param name="Key">The last item's sort value; BsonNull when it has none.</param>
/// <param name="Id">The last item's id: makes the order total.</param>
public sealed record PageCursor(string Sort, BsonValue Key, ObjectId Id)
{
    private const int MaxTextLength = 2_048;

    /// <summary>The opaque text form: base64url (RFC 4648, section 5) of a BSON document.</summary>
    public string Encode() =>
        Base64Url.EncodeToString(
            new BsonDocument
            {
                { "s", Sort },
                { "k", Key },
                { "i", Id },
            }.ToBson()
        );

    /// <summary>Reads a cursor that a client sent.</summary>
    /// <returns>False for anything that <see cref="Encode"/> did not make for this sort.</returns>
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
            // Only plain values: a made-up cursor must not smuggle an operator document into a filter.
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
