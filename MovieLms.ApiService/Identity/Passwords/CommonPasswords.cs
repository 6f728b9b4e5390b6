using System.Collections.Frozen;

namespace MovieLms.ApiService.Identity.Passwords;

/// <summary>The passwords that guessers try first, from a list inside the program.</summary>
internal sealed class CommonPasswords
{
    private static readonly FrozenSet<string> Words = new[]
    {
        "password", "passwort", "qwerty", "qwertyuiop", "letmein", "welcome", "iloveyou", "administrator", "movielms", "movielover",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for a listed password, in any case and with digits or punctuation put round it, and for one character repeated or a run.</summary>
    internal bool Contains(string lowerCasePassword)
    {
        if (lowerCasePassword.Distinct().Count() <= 2 || IsRun(lowerCasePassword)) return true;
        var core = lowerCasePassword.AsSpan().Trim("0123456789!?.,-_*#$%&@+ ");
        return Words.Contains(core.ToString());
    }

    private static bool IsRun(string text)
    {
        var step = text[1] - text[0];
        if (step is not (1 or -1)) return false;
        for (var i = 2; i < text.Length; i++)
        {
            var difference = text[i] - text[i - 1];
            // 1234567890: after nine comes nought.
            if (difference != step && !(text[i - 1] == '9' && text[i] == '0')) return false;
        }
        return true;
    }
}
