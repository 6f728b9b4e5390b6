namespace MovieLms.Web.Analytics;

/// <summary>A column of a table.</summary>
public sealed record Column(string Title, bool IsNumber = false);

/// <summary>A cell of a table, which may be a link.</summary>
public sealed record Cell(string Text, string? Href = null)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>The values of an analytic as a table. The first cell of each row is its heading.</summary>
public sealed record DataTable(string Caption, IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows);
