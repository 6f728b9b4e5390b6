using EmbeddedMongo.Values;

namespace EmbeddedMongo.Update;

/// <summary>
/// The order in which operators are applied and new fields are added: names in lexicographic order, numbers in numeric order (manual:
/// "Update Operators", Update Operators Behavior).
/// </summary>
internal sealed class UpdatePathOrder : IComparer<UpdatePath>
{
    public static UpdatePathOrder Instance { get; } = new();

    public int Compare(UpdatePath? x, UpdatePath? y)
    {
        var a = x!.Parts;
        var b = y!.Parts;
        var count = Math.Min(a.Length, b.Length);
        for (var i = 0; i < count; i++)
        {
            var left = BsonPath.ParseOffset(a[i]);
            var right = BsonPath.ParseOffset(b[i]);
            var order = left >= 0 && right >= 0 ? left.CompareTo(right) : string.CompareOrdinal(a[i], b[i]);
            if (order != 0)
                return order;
        }

        return a.Length.CompareTo(b.Length);
    }
}
