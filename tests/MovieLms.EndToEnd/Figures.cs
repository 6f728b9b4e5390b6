namespace MovieLms.EndToEnd;

/// <summary>Writes measurements to the test output and to the file named by <c>MOVIELMS_TEST_FIGURES</c>.</summary>
internal static class Figures
{
    internal static void Report(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("MOVIELMS_TEST_FIGURES") is { Length: > 0 } file)
            File.AppendAllLines(file, [line]);
    }
}
