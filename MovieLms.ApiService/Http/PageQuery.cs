using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.Data.Paging;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Http;

/// <summary>The paging parameters of every list; take it with <c>[AsParameters]</c>.</summary>
/// <param name="Limit">1 to 100, 20 when absent.</param>
/// <param name="Cursor">From the last page's nextCursor.</param>
internal readonly record struct PageQuery(
    [property: FromQuery(Name = "limit"), Range(1, PageQuery.MaxLimit), Description("How many items at most, 1 to 100; 20 when absent.")]
        int? Limit,
    [property: FromQuery(Name = "cursor"), Description("The nextCursor of the page before; absent for the first page.")] string? Cursor
)
{
    private const int Default = 20;
    private const int MaxLimit = 100;

    /// <summary>How many items to give.</summary>
    /// <exception cref="InvalidInputException">It is not from 1 to 100.</exception>
    internal int Size() => QueryValues.InRange("limit", Limit ?? Default, 1, MaxLimit);

    /// <summary>Where the page begins, or null for the first page.</summary>
    /// <param name="sort">The list's order, which the cursor must be made for.</param>
    /// <param name="isKey">True for a sort value of the type that this order has.</param>
    /// <exception cref="InvalidInputException">The cursor is made up, or another list's.</exception>
    internal PageCursor? Position(string sort, Func<BsonValue, bool> isKey)
    {
        if (string.IsNullOrEmpty(Cursor))
            return null;
        return PageCursor.TryDecode(Cursor, sort, out var position) && isKey(position.Key)
            ? position
            : throw new InvalidInputException(
                "cursor",
                "This is not a cursor of this list in this order. Take it from nextCursor, or leave it out."
            );
    }
}
