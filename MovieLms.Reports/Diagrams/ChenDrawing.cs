namespace MovieLms.Reports.Diagrams;

/// <summary>
/// Peter Chen's notation (ACM TODS 1(1), 1976): entities as rectangles, doubled when they cannot be without another; relations
/// as diamonds, doubled likewise; attributes as ovals, doubled when they hold several values; keys underlined.
/// </summary>
public static class ChenDrawing
{
    private const double Pitch = 22;
    private const double Port = 42;
    private const double Diamond = 128;
    private const double Stub = Diamond + 56;

    /// <summary>Draws the schema as SVG.</summary>
    public static string Draw(Schema schema)
    {
        var references = schema.Relations.ToLookup(relation => relation.Child);
        var layout = new SchemaLayout(schema, Size, Stub, tallest: 1_700);
        var svg = new Svg(layout.Width, layout.Height);
        var names = schema.Entities.Select(entity => entity.Name).ToList();
        foreach (var buses in layout.Buses.GroupBy(bus => bus.Key.Parent))
        {
            var color = Svg.Color(names.IndexOf(buses.Key));
            var exit = layout[buses.Key].Y + 14;
            foreach (var bus in buses)
            {
                foreach (var (x1, y1, x2, y2) in layout.Lines(bus.Key, exit, Entry))
                    svg.Line(x1, y1, x2, y2, color);
                foreach (var relation in bus)
                    Relation(svg, relation, layout.Branch(bus.Key, relation.Child), Entry(relation), layout[relation.Child].X, color);
                svg.Text(layout[buses.Key].Right + 4, exit - 3, bus.Key.IsMany ? "N" : "1", color, bold: true);
                exit += 16;
            }
        }
        foreach (var entity in schema.Entities)
            Entity(entity, layout[entity.Name], Svg.Color(names.IndexOf(entity.Name)));
        return svg.Finish("Entities and relations in Chen's notation");

        double Entry(SchemaRelation relation) =>
            layout[relation.Child].Y + (Port / 2) + (Port * references[relation.Child].ToList().IndexOf(relation));

        double Head(SchemaEntity entity) => Port * Math.Max(1, references[entity.Name].Count());

        (double Width, double Height) Size(SchemaEntity entity) =>
            (
                2 * (entity.Fields.Max(field => field.Path.Length) * Svg.CharacterWidth + 36),
                Head(entity) + ((entity.Fields.Count + 1) / 2 * Pitch) + 14
            );

        void Entity(SchemaEntity entity, Box box, string color)
        {
            var (head, middle) = (Head(entity), box.X + (box.Width / 2));
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
                Attribute(svg, entity.Fields[i], middle, box.Y + head + (i / 2 * Pitch) + 18, i % 2 == 0 ? -1 : 1, color);
        }
    }

    private static void Attribute(Svg svg, SchemaField field, double trunk, double y, int side, string color)
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

    private static void Relation(Svg svg, SchemaRelation relation, double from, double y, double to, string color)
    {
        var (left, right) = (to - 28 - Diamond, to - 28);
        svg.Line(from, y, left, y, color);
        svg.Line(right, y, to, y, color);
        Rhombus(0);
        if (relation.Cascades)
            Rhombus(3.5);
        svg.Text((left + right) / 2, y + 4, relation.Field, "#212529", "middle");
        svg.Text(to - 20, y - 4, relation.IsSingle ? "1" : "N", color, bold: true);

        void Rhombus(double inset) =>
            svg.Path(
                $"M{Svg.N(left + (inset * 3))} {Svg.N(y)}L{Svg.N((left + right) / 2)} {Svg.N(y - 19 + inset)}L{Svg.N(right - (inset * 3))} {Svg.N(y)}L{Svg.N((left + right) / 2)} {Svg.N(y + 19 - inset)}Z",
                color,
                "#fff"
            );
    }
}
