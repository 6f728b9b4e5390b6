using MovieLms.Web.Analytics.Charts;

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

/// <summary>Converts figures to tables.</summary>
internal static class FigureTables
{
    /// <summary>Returns the values of a figure as rows.</summary>
    internal static DataTable ToTable(this Figure figure, string labels, string values) =>
        new(
            figure.Title,
            [new(labels), new(values, IsNumber: true)],
            [.. figure.Values.Select(value => (IReadOnlyList<Cell>)[value.Label, value.Text])]
        );
}
