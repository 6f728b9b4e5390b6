using System.Globalization;

namespace MovieLms.Standalone.Sample;

/// <summary>One line that is drawn over itself on a terminal; nothing where the output goes to a file.</summary>
internal sealed class ProgressBar(TextWriter output, string title, bool isTerminal)
{
    private const int Width = 32;

    /// <summary>Draws how far it is.</summary>
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

    /// <summary>Puts a sentence in the bar's place.</summary>
    internal void End(string sentence)
    {
        if (isTerminal)
            output.Write("\r" + new string(' ', Width + 50) + "\r");
        output.WriteLine($"  {title, -19} {sentence}\n");
    }
}
