namespace MovieLms.Reports.Diagrams;

/// <summary>The rectangle of an entity, in the units of the drawing.</summary>
internal sealed record Box(double X, double Y, double Width, double Height, int Column)
{
    internal double Right => X + Width;
}

/// <summary>
/// The common line of an entity's relationships with the same cardinality.
/// </summary>
internal sealed record Bus(string Parent, bool IsOptional, bool IsMany);

/// <summary>
/// The positions of all entities and lines. Entities are in columns, to the right of the entities they reference. Every bus has a lane
/// above the columns and a vertical track in each gap where it has a child, so that no line crosses a box or overlaps another line.
/// </summary>
internal sealed class SchemaLayout
{
    private const double EntityGap = 26;
    private const double TrackGap = 11;
    private const double LaneGap = 11;
    private const double Margin = 24;
    private readonly Dictionary<string, int> _columns = [];
    private readonly Dictionary<(Bus Bus, int Gap), double> _tracks = [];
    private readonly Dictionary<Bus, double> _lanes = [];
    private readonly Dictionary<string, Box> _boxes = [];

    /// <summary>
    /// Arranges a schema in columns of at most <paramref name="maxColumnHeight"/>. <paramref name="measure"/> returns the size of an
    /// entity, and <paramref name="stub"/> is the free space to its left for the ends of its lines.
    /// </summary>
    internal SchemaLayout(Schema schema, Func<SchemaEntity, (double Width, double Height)> measure, double stub, double maxColumnHeight)
    {
        Buses = schema.Relations.ToLookup(relation => new Bus(relation.Parent, relation.IsOptional, relation.IsMany));
        var sizes = schema.Entities.ToDictionary(entity => entity.Name, measure);
        FillColumns(schema, sizes, maxColumnHeight);
        var gaps = _columns.Values.Max() + 2;
        var lanes = Buses.Select(bus => bus.Key).Where(bus => GetGaps(bus).Any(gap => gap != _columns[bus.Parent] + 1)).ToArray();
        for (var i = 0; i < lanes.Length; i++)
            _lanes[lanes[i]] = Margin + (i * LaneGap);
        var top = Margin + (lanes.Length * LaneGap) + 20;
        var x = Margin;
        for (var gap = 0; gap < gaps; gap++)
        {
            var tracks = Buses
                .Select(bus => bus.Key)
                .Where(bus => GetGaps(bus).Contains(gap) || (_columns[bus.Parent] + 1 == gap))
                .ToArray();
            if (tracks.Length > 0)
                x += 26;
            foreach (var bus in tracks)
            {
                _tracks[(bus, gap)] = x;
                x += TrackGap;
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

    /// <summary>
    /// Returns the lines of a bus from its entity along its tracks, without the ends at the children. The bus leaves its entity at the
    /// height <paramref name="exit"/> and reaches a child at the height <paramref name="entry"/>.
    /// </summary>
    internal IEnumerable<(double X1, double Y1, double X2, double Y2)> GetLines(Bus bus, double exit, Func<SchemaRelation, double> entry)
    {
        var home = _columns[bus.Parent] + 1;
        yield return (_boxes[bus.Parent].Right, exit, GetTrack(bus, home), exit);
        foreach (var gap in GetGaps(bus).Append(home).Distinct())
        {
            var heights = Buses[bus].Where(relation => _columns[relation.Child] == gap).Select(entry).ToList();
            if (gap == home)
                heights.Add(exit);
            if (_lanes.TryGetValue(bus, out var lane))
                heights.Add(lane);
            yield return (GetTrack(bus, gap), heights.Min(), GetTrack(bus, gap), heights.Max());
        }
        if (!_lanes.TryGetValue(bus, out var height))
            yield break;
        var tracks = GetGaps(bus).Append(home).Select(gap => GetTrack(bus, gap)).ToArray();
        yield return (tracks.Min(), height, tracks.Max(), height);
    }

    /// <summary>Returns the horizontal position at which the line to a child leaves the bus.</summary>
    internal double GetBranch(Bus bus, string child) => GetTrack(bus, _columns[child]);

    private double GetTrack(Bus bus, int gap) => _tracks[(bus, gap)];

    private IEnumerable<int> GetGaps(Bus bus) => Buses[bus].Select(relation => _columns[relation.Child]).Distinct();

    /// <summary>Assigns each entity to the first column with space to the right of the entities it references.</summary>
    private void FillColumns(Schema schema, Dictionary<string, (double Width, double Height)> sizes, double maxColumnHeight)
    {
        var filled = new Dictionary<int, double>();
        var pending = schema.Entities.ToList();
        while (pending.Count > 0)
        {
            // References may be circular, so take the entity with the fewest references to pending entities.
            var next = pending.MinBy(entity => (CountOpen(entity), -schema.Relations.Count(relation => relation.Parent == entity.Name)))!;
            pending.Remove(next);
            var column = schema
                .Relations.Where(relation => relation.Child == next.Name && _columns.ContainsKey(relation.Parent))
                .Select(relation => _columns[relation.Parent] + 1)
                .DefaultIfEmpty(0)
                .Max();
            var height = sizes[next.Name].Height + EntityGap;
            while (filled.GetValueOrDefault(column) > 0 && filled[column] + height > maxColumnHeight)
                column++;
            filled[column] = filled.GetValueOrDefault(column) + height;
            _columns[next.Name] = column;
        }

        int CountOpen(SchemaEntity entity) =>
            schema.Relations.Count(relation =>
                relation.Child == entity.Name
                && relation.Parent != entity.Name
                && !relation.IsMany
                && pending.Exists(other => other.Name == relation.Parent)
            );
    }

    /// <summary>
    /// Places the entities of a column in the order of the positions of the entities they reference, to reduce crossing lines. Returns the
    /// column's width.
    /// </summary>
    private double PlaceColumn(Schema schema, int column, double x, double top, Dictionary<string, (double Width, double Height)> sizes)
    {
        var entities = schema.Entities.Where(entity => _columns[entity.Name] == column).OrderBy(GetMiddle).ToArray();
        if (entities.Length == 0)
            return 0;
        var width = entities.Max(entity => sizes[entity.Name].Width);
        foreach (var entity in entities)
        {
            _boxes[entity.Name] = new Box(x, top, width, sizes[entity.Name].Height, column);
            top += sizes[entity.Name].Height + EntityGap;
        }
        return width;

        double GetMiddle(SchemaEntity entity) =>
            schema
                .Relations.Where(relation => relation.Child == entity.Name && _boxes.ContainsKey(relation.Parent))
                .Select(relation => _boxes[relation.Parent].Y + (_boxes[relation.Parent].Height / 2))
                .DefaultIfEmpty(0)
                .Average();
    }
}
