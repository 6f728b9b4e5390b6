using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Spilling;

/// <summary>Sorted runs of an external merge sort. Documents with equal keys keep the order of the runs.</summary>
internal sealed class SortedRuns(SortSpec sort, SpillSpace space)
{
    private readonly List<SpillFile> _files = [];

    /// <summary>Writes the next run.</summary>
    public void Add(IEnumerable<BsonDocument> sorted)
    {
        var file = space.Create();
        _files.Add(file);
        foreach (var document in sorted)
            file.Write(document);
    }

    /// <summary>Merges all runs with a last one in memory, then deletes them.</summary>
    public IEnumerable<BsonDocument> Merge(IEnumerable<BsonDocument> last, Action tick)
    {
        var runs = _files.Select(file => file.Read()).Append(last).Select(run => run.GetEnumerator()).ToArray();
        var order = Comparer<(BsonValue[] Key, int Run)>.Create(
            (a, b) => sort.CompareKeys(a.Key, b.Key) is not 0 and var byKey ? byKey : a.Run.CompareTo(b.Run)
        );
        var next = new PriorityQueue<int, (BsonValue[] Key, int Run)>(order);
        for (var run = 0; run < runs.Length; run++)
            Advance(run);

        while (next.TryDequeue(out var run, out _))
        {
            tick();
            yield return runs[run].Current;
            Advance(run);
        }

        _files.ForEach(space.Delete);

        void Advance(int run)
        {
            if (runs[run].MoveNext())
                next.Enqueue(run, (sort.ExtractKey(runs[run].Current), run));
        }
    }
}
