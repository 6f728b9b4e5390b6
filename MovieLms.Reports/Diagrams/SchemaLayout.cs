namespace MovieLms.Reports.Diagrams;

/// <summary>A rectangle of the drawing, in its units.</summary>
internal sealed record Box(double X, double Y, double Width, double Height, int Column)
{
    internal double Right => X + Width;
}

/// <summary>
/// What one entity's relations share: a line of their own from it. Children that must have a parent are apart from those that may.
/// </summary>
internal sealed record Bus(string Parent, bool IsOptional, bool IsMany);

/// <summary>
/// Where everything stands: entities in columns, each right of what it refers to; every bus with a lane above the columns and
/// a vertical track in each gap in which it has a child, so that no line runs through a box and no two lie on one another.
/// </summary>
internal sealed class SchemaLayout
{
    private const double Apart = 26;
    private const double TrackApart = 11;
    private const double LaneApart = 11;
    private const double Margin = 24;
    private readonly Dictionary<string, int> _columns = [];
    private readonly Dictionary<(Bus Bus, int Gap), double> _tracks = [];
    private readonly Dictionary<Bus, double> _lanes = [];
    private readonly Dictionary<string, Box> _boxes = [];

    /// <summary>Arranges a schema.</summary>
    /// <param name="schema">What to draw.</param>
    /// <param name="size">How large each entity is.</param>
    /// <param name="stub">The width kept free left of an entity for the ends of its lines.</param>
    /// <param name="tallest">A column is not filled beyond this height.</param>
    internal SchemaLayout(Schema schema, Func<SchemaEntity, (double Width, double Height)> size, double stub, double tallest)
    {
        Buses = schema.Relations.ToLookup(relation => new Bus(relation.Parent, relation.IsOptional, relation.IsMany));
        var sizes = schema.Entities.ToDictionary(entity => entity.Name, size);
        FillColumns(schema, sizes, tallest);
        var gaps = _columns.Values.Max() + 2;
        var lanes = Buses.Select(bus => bus.Key).Where(bus => GapsOf(bus).Any(gap => gap != _columns[bus.Parent] + 1)).ToArray();
        for (var i = 0; i < lanes.Length; i++)
            _lanes[lanes[i]] = Margin + (i * LaneApart);
        var top = Margin + (lanes.Length * LaneApart) + 20;
        var x = Margin;
        for (var gap = 0; gap < gaps; gap++)
        {
            var tracks = Buses
                .Select(bus => bus.Key)
                .Where(bus => GapsOf(bus).Contains(gap) || (_columns[bus.Parent] + 1 == gap))
                .ToArray();
            if (tracks.Length > 0)
                x += 26;
            foreach (var bus in tracks)
            {
                _tracks[(bus, gap)] = x;
                x += TrackApart;
            }
            if (gap == gaps - 1)
                break;
            if (tracks.Length > 0)
                x += stub;
            var width = PlaceColumn(schema, gap, x, top, sizes);
            x += width;
        }
        Width = x + Margin;
        Height = _boxes.Values.Max(box => box.Y + box.Height) + Margin;
    }

    internal double Width { get; }

    internal double Height { get; }

    internal ILookup<Bus, SchemaRelation> Buses { get; }

    internal Box this[string entity] => _boxes[entity];

    /// <summary>The path of a bus from its entity along its tracks; the ends to the children are not in it.</summary>
    /// <param name="bus">Which.</param>
    /// <param name="exit">The height at which it leaves its entity.</param>
    /// <param name="entry">The height at which a relation reaches its child.</param>
    internal IEnumerable<(double X1, double Y1, double X2, double Y2)> Lines(Bus bus, double exit, Func<SchemaRelation, double> entry)
    {
        var home = _columns[bus.Parent] + 1;
        yield return (_boxes[bus.Parent].Right, exit, Track(bus, home), exit);
        foreach (var gap in GapsOf(bus).Append(home).Distinct())
        {
            var heights = Buses[bus].Where(relation => _columns[relation.Child] == gap).Select(entry).ToList();
            if (gap == home)
                heights.Add(exit);
            if (_lanes.TryGetValue(bus, out var lane))
                heights.Add(lane);
            yield return (Track(bus, gap), heights.Min(), Track(bus, gap), heights.Max());
        }
        if (!_lanes.TryGetValue(bus, out var height))
            yield break;
        var tracks = GapsOf(bus).Append(home).Select(gap => Track(bus, gap)).ToArray();
        yield return (tracks.Min(), height, tracks.Max(), height);
    }

    /// <summary>Where the line to a child leaves the bus' track.</summary>
    internal double Branch(Bus bus, string child) => Track(bus, _columns[child]);

    private double Track(Bus bus, int gap) => _tracks[(bus, gap)];

    private IEnumerable<int> GapsOf(Bus bus) => Buses[bus].Select(relation => _columns[relation.Child]).Distinct();

    /// <summary>Each entity right of those it refers to; a column that is full is left for the next.</summary>
    private void FillColumns(Schema schema, Dictionary<string, (double Width, double Height)> sizes, double tallest)
    {
        var filled = new Dictionary<int, double>();
        var pending = schema.Entities.ToList();
        while (pending.Count > 0)
        {
            // A circle of references has no first: then the one with the fewest open ones goes on.
            var next = pending.MinBy(entity => (Open(entity), -schema.Relations.Count(relation => relation.Parent == entity.Name)))!;
            pending.Remove(next);
            var column = schema
                .Relations.Where(relation => relation.Child == next.Name && _columns.ContainsKey(relation.Parent))
                .Select(relation => _columns[relation.Parent] + 1)
                .DefaultIfEmpty(0)
                .Max();
            var height = sizes[next.Name].Height + Apart;
            while (filled.GetValueOrDefault(column) > 0 && filled[column] + height > tallest)
                column++;
            filled[column] = filled.GetValueOrDefault(column) + height;
            _columns[next.Name] = column;
        }

        int Open(SchemaEntity entity) =>
            schema.Relations.Count(relation =>
                relation.Child == entity.Name
                && relation.Parent != entity.Name
                && !relation.IsMany
                && pending.Exists(other => other.Name == relation.Parent)
            );
    }

    /// <summary>Top down in the order of the middles of what they refer to, so that lines cross little.</summary>
    private double PlaceColumn(Schema schema, int column, double x, double top, Dictionary<string, (double Width, double Height)> sizes)
    {
        var entities = schema.Entities.Where(entity => _columns[entity.Name] == column).OrderBy(Middle).ToArray();
        if (entities.Length == 0)
            return 0;
        var width = entities.Max(entity => sizes[entity.Name].Width);
        foreach (var entity in entities)
        {
            _boxes[entity.Name] = new Box(x, top, width, sizes[entity.Name].Height, column);
            top += sizes[entity.Name].Height + Apart;
        }
        return width;

        double Middle(SchemaEntity entity) =>
            schema
                .Relations.Where(relation => relation.Child == entity.Name && _boxes.ContainsKey(relation.Parent))
                .Select(relation => _boxes[relation.Parent].Y + (_boxes[relation.Parent].Height / 2))
                .DefaultIfEmpty(0)
                .Average();
    }
}
