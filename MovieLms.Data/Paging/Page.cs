using System.ComponentModel;
using System.Text.Json.Serialization;

namespace MovieLms.Data.Paging;

/// <summary>One page of a list.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="NextCursor">Opaque; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor)
{
    /// <summary>The number of items in the whole list; null unless it was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("The number of items in the whole list. Only with `count=true`.")]
    public PageTotal? Total { get; init; }

    /// <summary>Returns the page of a list that has no items.</summary>
    public static Page<T> Empty(PageLimit limit) => new([], null) { Total = limit.IsCounted ? PageTotal.Of(0) : null };

    /// <summary>Converts the items.</summary>
    public Page<TResult> Select<TResult>(Func<T, TResult> convert) => WithItems([.. Items.Select(convert)]);

    /// <summary>Replaces the items.</summary>
    public Page<TResult> WithItems<TResult>(IReadOnlyList<TResult> items) => new(items, NextCursor) { Total = Total };
}
