namespace MovieLms.Reports.Diagrams;

/// <summary>
/// A diagram in crow's foot notation. Entities are boxes with their fields. The ends of a line show the cardinality: exactly one, zero or
/// one, zero or many.
/// </summary>
public static class CrowsFootDrawing
{
    private const double Row = 16;
    private const double Header = 24;
    private const double Keys = 46;
    private const double Stub = 26;

    /// <summary>Returns the diagram as SVG.</summary>
    public static string Draw(Schema schema)
    {
        var layout = new SchemaLayout(schema, Measure, Stub, maxColumnHeight: 1_500);
        var svg = new Svg(layout.Width, layout.Height);
        var names = schema.Entities.Select(entity => entity.Name).ToList();
        var byName = schema.Entities.ToDictionary(entity => entity.Name);
        foreach (var buses in layout.Buses.GroupBy(bus => bus.Key.Parent))
        {
            var color = Svg.Color(names.IndexOf(buses.Key));
            var exit = layout[buses.Key].Y + (Header / 2);
            foreach (var bus in buses)
            {
                foreach (var (x1, y1, x2, y2) in layout.GetLines(bus.Key, exit, GetEntry))
                    svg.Line(x1, y1, x2, y2, color);
                foreach (var relation in bus)
                {
                    var (y, left) = (GetEntry(relation), layout[relation.Child].X);
                    svg.Line(layout.GetBranch(bus.Key, relation.Child), y, left, y, color, dashed: !relation.Cascades);
                    DrawChildEnd(svg, left, y, color, relation.IsSingle);
                }
                DrawParentEnd(svg, layout[buses.Key].Right, exit, color, bus.Key);
                exit += Row;
            }
        }
        foreach (var entity in schema.Entities)
            DrawTable(svg, entity, layout[entity.Name], Svg.Color(names.IndexOf(entity.Name)));
        return svg.Finish("Entity-relationship diagram in crow's foot notation");

        double GetEntry(SchemaRelation relation)
        {
            var fields = byName[relation.Child].Fields;
            var row = fields
                .Select((field, index) => (field, index))
                .First(pair =>
                    pair.field.Path == relation.Field || relation.Field.StartsWith(pair.field.Path + ".", StringComparison.Ordinal)
                )
                .index;
            return layout[relation.Child].Y + Header + (row * Row) + (Row / 2);
        }
    }

    private static (double Width, double Height) Measure(SchemaEntity entity) =>
        (
            Math.Max(
                entity.Fields.Max(field => Keys + ((GetLabel(field).Length + field.Type.Length + 3) * Svg.CharacterWidth)),
                entity.Name.Length * 9
            ) + 8,
            Header + (entity.Fields.Count * Row) + 4
        );

    private static void DrawTable(Svg svg, SchemaEntity entity, Box box, string color)
    {
        svg.Rectangle(box.X, box.Y, box.Width, box.Height, color, "#fff");
        svg.Rectangle(box.X, box.Y, box.Width, Header, color, color);
        svg.Text(box.X + 8, box.Y + 16, entity.Name, "#fff", bold: true);
        svg.Text(box.Right - 8, box.Y + 16, entity.Collection, "#fff", "end", italic: true);
        var y = box.Y + Header + 12;
        foreach (var field in entity.Fields)
        {
            var key =
                field.IsKey ? "PK"
                : field is { IsReference: true, IsUnique: true } ? "FK UK"
                : field.IsReference ? "FK"
                : field.IsUnique ? "UK"
                : "";
            svg.Text(box.X + 6, y, key, color, bold: true);
            svg.Text(
                box.X + Keys,
                y,
                GetLabel(field),
                field.IsHidden ? "#868e96" : "#212529",
                italic: field.IsHidden,
                underlined: field.IsKey
            );
            svg.Text(box.Right - 6, y, field.Type + (field.IsOptional ? "?" : ""), "#868e96", "end");
            y += Row;
        }
    }

    /// <summary>Returns the field's name, indented under its embedded document.</summary>
    private static string GetLabel(SchemaField field) =>
        string.Concat(Enumerable.Repeat("· ", field.Path.Count(letter => letter == '.'))) + field.Path[(field.Path.LastIndexOf('.') + 1)..];

    private static void DrawParentEnd(Svg svg, double x, double y, string color, Bus bus)
    {
        if (bus.IsMany)
        {
            DrawFoot(svg, x, y, color, 1);
            svg.Circle(x + 17, y, color);
            return;
        }
        svg.Path($"M{Svg.N(x + 7)} {Svg.N(y - 5)}v10", color);
        if (bus.IsOptional)
            svg.Circle(x + 15, y, color);
        else
            svg.Path($"M{Svg.N(x + 12)} {Svg.N(y - 5)}v10", color);
    }

    private static void DrawChildEnd(Svg svg, double x, double y, string color, bool isSingle)
    {
        if (isSingle)
            svg.Path($"M{Svg.N(x - 7)} {Svg.N(y - 5)}v10", color);
        else
            DrawFoot(svg, x, y, color, -1);
        svg.Circle(x - 16, y, color);
    }

    private static void DrawFoot(Svg svg, double x, double y, string color, int direction) =>
        svg.Path($"M{Svg.N(x)} {Svg.N(y - 6)}L{Svg.N(x + (direction * 12))} {Svg.N(y)}L{Svg.N(x)} {Svg.N(y + 6)}", color);
}
