using System.Globalization;

namespace MovieLms.Data.Paging;

/// <summary>The size of a page, and whether the page includes the total of its list. A number is a size without the total.</summary>
/// <param name="Items">The maximum number of items.</param>
/// <param name="IsCounted">True to count the items of the whole list.</param>
public readonly record struct PageLimit(int Items, bool IsCounted = false)
{
    /// <summary>Returns a limit without the total.</summary>
    public static implicit operator PageLimit(int items) => new(items);

    /// <summary>Returns text that differs for different limits, for the keys of cached pages.</summary>
    public override string ToString() => Items.ToString(CultureInfo.InvariantCulture) + (IsCounted ? "+total" : "");
}
