namespace MovieLms.Bench.Measuring;

/// <summary>Statistics of repeated measurements.</summary>
internal static class Samples
{
    /// <summary>Returns the median; the higher one of an even number of values.</summary>
    internal static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
