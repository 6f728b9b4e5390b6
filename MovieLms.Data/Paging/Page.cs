namespace MovieLms.Data.Paging;

/// <summary>One page of a list.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="NextCursor">Opaque; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
