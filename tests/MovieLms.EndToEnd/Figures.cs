namespace MovieLms.EndToEnd;

/// <summary>Figures for people: in the test's output, and in the file that <c>MOVIELMS_TEST_FIGURES</c> names.</summary>
internal static class Figures
{
    internal static void Report(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("MOVIELMS_TEST_FIGURES") is { Length: > 0 } file)
            File.AppendAllLines(file, [line]);
    }
}
