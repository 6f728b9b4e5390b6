using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.Data.Paging;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Http;

/// <summary>The paging parameters of every list. Bind it with <c>[AsParameters]</c>.</summary>
internal readonly record struct PageQuery(
    [property: FromQuery(Name = "limit"), Range(1, PageQuery.MaxLimit), Description("How many items at most, 1 to 100; 20 by default.")]
        int? Limit,
    [property: FromQuery(Name = "cursor"), Description("The nextCursor of the page before; absent for the first page.")] string? Cursor
)
{
    private const int Default = 20;
    private const int MaxLimit = 100;

    /// <summary>Returns the page size.</summary>
    /// <exception cref="InvalidInputException">The limit is not between 1 and 100.</exception>
    internal int GetSize() => QueryValues.RequireInRange("limit", Limit ?? Default, 1, MaxLimit);

    /// <summary>Returns the position where the page starts, or null for the first page.</summary>
    /// <param name="sort">The sort order that the cursor must have been created for.</param>
    /// <param name="isKey">Returns true if a value has the type of this order's sort key.</param>
    /// <exception cref="InvalidInputException">The cursor is malformed or belongs to another list.</exception>
    internal PageCursor? GetPosition(string sort, Func<BsonValue, bool> isKey)
    {
        if (string.IsNullOrEmpty(Cursor))
            return null;
        return PageCursor.TryDecode(Cursor, sort, out var position) && isKey(position.Key)
            ? position
            : throw new InvalidInputException(
                "cursor",
                "`cursor` does not belong to this list in this order. Use the `nextCursor` of a page, or omit it for the first page."
            );
    }
}
