using System.Globalization;

namespace MovieLms.Standalone.Sample;

/// <summary>A progress bar on one line of a terminal. Draws nothing when the output goes to a file.</summary>
internal sealed class ProgressBar(TextWriter output, string title, bool isTerminal)
{
    private const int Width = 32;

    /// <summary>Draws the progress.</summary>
    internal void Show(long done, long total)
    {
        if (!isTerminal)
            return;
        var filled = total == 0 ? 0 : (int)(Width * done / total);
        output.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\r  {title, -19} {new string('█', filled)}{new string('░', Width - filled)} {done:N0} of {total:N0}   "
            )
        );
    }

    /// <summary>Replaces the bar with a message.</summary>
    internal void End(string message)
    {
        if (isTerminal)
            output.Write("\r" + new string(' ', Width + 50) + "\r");
        output.WriteLine($"  {title, -19} {message}\n");
    }
}
