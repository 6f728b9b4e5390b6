namespace MovieLms.Reports.Diagrams;

/// <summary>
/// A diagram in Peter Chen's notation (ACM TODS 1(1), 1976). Entities are rectangles, relationships are diamonds, and both have double
/// lines for weak entities. Attributes are ovals, with double lines for multiple values. Keys are underlined.
/// </summary>
public static class ChenDrawing
{
    private const double Pitch = 22;
    private const double Port = 42;
    private const double Diamond = 128;
    private const double Stub = Diamond + 56;

    /// <summary>Returns the diagram as SVG.</summary>
    public static string Draw(Schema schema)
    {
        var references = schema.Relations.ToLookup(relation => relation.Child);
        var layout = new SchemaLayout(schema, Measure, Stub, maxColumnHeight: 1_700);
        var svg = new Svg(layout.Width, layout.Height);
        var names = schema.Entities.Select(entity => entity.Name).ToList();
        foreach (var buses in layout.Buses.GroupBy(bus => bus.Key.Parent))
        {
            var color = Svg.Color(names.IndexOf(buses.Key));
            var exit = layout[buses.Key].Y + 14;
            foreach (var bus in buses)
            {
                foreach (var (x1, y1, x2, y2) in layout.GetLines(bus.Key, exit, GetEntry))
                    svg.Line(x1, y1, x2, y2, color);
                foreach (var relation in bus)
                {
                    var (from, to) = (layout.GetBranch(bus.Key, relation.Child), layout[relation.Child].X);
                    DrawRelation(svg, relation, from, GetEntry(relation), to, color);
                }
                svg.Text(layout[buses.Key].Right + 4, exit - 3, bus.Key.IsMany ? "N" : "1", color, bold: true);
                exit += 16;
            }
        }
        foreach (var entity in schema.Entities)
            DrawEntity(entity, layout[entity.Name], Svg.Color(names.IndexOf(entity.Name)));
        return svg.Finish("Entity-relationship diagram in Chen's notation");

        double GetEntry(SchemaRelation relation) =>
            layout[relation.Child].Y + (Port / 2) + (Port * references[relation.Child].ToList().IndexOf(relation));

        double GetHeadHeight(SchemaEntity entity) => Port * Math.Max(1, references[entity.Name].Count());

        (double Width, double Height) Measure(SchemaEntity entity) =>
            (
                2 * (entity.Fields.Max(field => field.Path.Length) * Svg.CharacterWidth + 36),
                GetHeadHeight(entity) + ((entity.Fields.Count + 1) / 2 * Pitch) + 14
            );

        void DrawEntity(SchemaEntity entity, Box box, string color)
        {
            var (head, middle) = (GetHeadHeight(entity), box.X + (box.Width / 2));
            svg.Rectangle(box.X, box.Y, box.Width, head, color, "#fff", 0);
            if (references[entity.Name].Any(relation => relation.Cascades))
                svg.Rectangle(box.X + 4, box.Y + 4, box.Width - 8, head - 8, color, "#fff", 0);
            if (entity.IsJunction)
            {
                svg.Path(
                    $"M{Svg.N(middle - 70)} {Svg.N(box.Y + (head / 2))}L{Svg.N(middle)} {Svg.N(box.Y + 8)}L{Svg.N(middle + 70)} {Svg.N(box.Y + (head / 2))}L{Svg.N(middle)} {Svg.N(box.Y + head - 8)}Z",
                    color
                );
            }

            svg.Text(middle, box.Y + (head / 2) + 4, entity.Name, color, "middle", bold: true);
            var last = box.Y + head + ((entity.Fields.Count - 1) / 2 * Pitch) + 18;
            svg.Line(middle, box.Y + head, middle, last, "#adb5bd");
            for (var i = 0; i < entity.Fields.Count; i++)
                DrawAttribute(svg, entity.Fields[i], middle, box.Y + head + (i / 2 * Pitch) + 18, i % 2 == 0 ? -1 : 1, color);
        }
    }

    private static void DrawAttribute(Svg svg, SchemaField field, double trunk, double y, int side, string color)
    {
        var width = (field.Path.Length * Svg.CharacterWidth) + 20;
        var left = side < 0 ? trunk - 10 - width : trunk + 10;
        svg.Line(trunk, y, trunk + (side * 10), y, "#adb5bd");
        svg.Rectangle(left, y - 9, width, 18, color, "#fff", 9);
        if (field.Type.EndsWith("[]", StringComparison.Ordinal))
            svg.Rectangle(left + 3, y - 6.5, width - 6, 13, color, "#fff", 6.5);
        svg.Text(
            left + (width / 2),
            y + 4,
            field.Path,
            field.IsHidden ? "#868e96" : "#212529",
            "middle",
            italic: field.IsHidden,
            underlined: field.IsKey
        );
    }

    private static void DrawRelation(Svg svg, SchemaRelation relation, double from, double y, double to, string color)
    {
        var (left, right) = (to - 28 - Diamond, to - 28);
        svg.Line(from, y, left, y, color);
        svg.Line(right, y, to, y, color);
        DrawDiamond(0);
        if (relation.Cascades)
            DrawDiamond(3.5);
        svg.Text((left + right) / 2, y + 4, relation.Field, "#212529", "middle");
        svg.Text(to - 20, y - 4, relation.IsSingle ? "1" : "N", color, bold: true);

        void DrawDiamond(double inset) =>
            svg.Path(
                $"M{Svg.N(left + (inset * 3))} {Svg.N(y)}L{Svg.N((left + right) / 2)} {Svg.N(y - 19 + inset)}L{Svg.N(right - (inset * 3))} {Svg.N(y)}L{Svg.N((left + right) / 2)} {Svg.N(y + 19 - inset)}Z",
                color,
                "#fff"
            );
    }
}
