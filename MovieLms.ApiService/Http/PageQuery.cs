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
    [property: FromQuery(Name = "cursor"), Description("The nextCursor of the page before; absent for the first page.")] string? Cursor,
    [property:
        FromQuery(Name = "count"),
        Description("true: include `total`, the number of items in the whole list, counted up to 10,000.")
    ]
        bool? Count
)
{
    private const int Default = 20;
    private const int MaxLimit = 100;

    /// <summary>Large enough that queries cost little per item, and small enough to be held in memory.</summary>
    private const int ExportBatch = 500;

    /// <summary>True for a batch of an export, which must not be cached.</summary>
    internal bool IsExport { get; private init; }

    /// <summary>Returns the size of the page, and whether it includes the total.</summary>
    /// <exception cref="InvalidInputException">The limit is not between 1 and 100.</exception>
    internal PageLimit GetSize() =>
        IsExport ? ExportBatch : new PageLimit(QueryValues.RequireInRange("limit", Limit ?? Default, 1, MaxLimit), Count is true);

    /// <summary>Returns the first batch of an export.</summary>
    /// <exception cref="InvalidInputException">The query asks for a page.</exception>
    internal PageQuery ToExport()
    {
        var unused =
            Limit is not null ? "limit"
            : Cursor is not null ? "cursor"
            : Count is not null ? "count"
            : null;
        return unused is null
            ? this with
            {
                IsExport = true,
            }
            : throw new InvalidInputException(unused, $"An export contains all items. Omit `{unused}`, or accept `application/json`.");
    }

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
