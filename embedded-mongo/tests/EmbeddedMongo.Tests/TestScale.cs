namespace EmbeddedMongo.Tests;

/// <summary>The number of cases of the tests that generate them.</summary>
internal static class TestScale
{
    /// <summary>Whether the tests run at full scale: <c>MOVIELMS_TEST_SCALE=full</c>.</summary>
    internal static bool IsFull => Environment.GetEnvironmentVariable("MOVIELMS_TEST_SCALE") == "full";
}
