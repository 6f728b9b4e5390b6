namespace MovieLms.EndToEnd.Hostile;

/// <summary>A change that makes a valid request hostile.</summary>
/// <param name="Kind">The part of the request that it changes.</param>
/// <param name="Name">The name in reports.</param>
/// <param name="Apply">Applies the change.</param>
internal sealed record Mutation(string Kind, string Name, Action<Draft> Apply)
{
    /// <summary>Returns mutations for an endpoint. The kinds take turns, and the order within a kind depends on the seed.</summary>
    internal static IReadOnlyList<Mutation> Of(WalkOperation operation, Random random, int count)
    {
        var kinds = new[]
        {
            PathMutations.Of(operation),
            QueryMutations.Of(operation),
            HeaderMutations.All,
            MemberMutations.Of(operation),
            BodyMutations.Of(operation),
            FormMutations.Of(operation),
            WireMutations.Of(operation),
        }
            .Select(kind => Shuffle(kind, random).ToList())
            .Where(kind => kind.Count > 0)
            .ToList();
        var chosen = new List<Mutation>();
        for (var turn = 0; chosen.Count < count && kinds.Exists(kind => kind.Count > turn); turn++)
            chosen.AddRange(kinds.Where(kind => kind.Count > turn).Select(kind => kind[turn]));
        while (chosen.Count < count)
            chosen.Add(Combine(Pick(kinds, random), Pick(kinds, random)));
        return [.. chosen.Take(count)];
    }

    private static IEnumerable<Mutation> Shuffle(IEnumerable<Mutation> mutations, Random random)
    {
        Mutation[] shuffled = [.. mutations];
        random.Shuffle(shuffled);
        return shuffled;
    }

    private static Mutation Pick(List<List<Mutation>> kinds, Random random)
    {
        var kind = kinds[random.Next(kinds.Count)];
        return kind[random.Next(kind.Count)];
    }

    private static Mutation Combine(Mutation first, Mutation second) =>
        new(
            "both",
            $"{first.Name} and {second.Name}",
            draft =>
            {
                first.Apply(draft);
                second.Apply(draft);
                draft.Blamed = null;
            }
        );
}
