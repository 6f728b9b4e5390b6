namespace MovieLms.EndToEnd;

/// <summary>Writes measurements to the test output and to the file named by <c>MOVIELMS_TEST_FIGURES</c>.</summary>
internal static class Figures
{
    private static readonly Lock Gate = new();

    internal static void Report(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("MOVIELMS_TEST_FIGURES") is not { Length: > 0 } path)
            return;
        // Test classes run in parallel.
        lock (Gate)
            File.AppendAllLines(path, [line]);
    }
}
