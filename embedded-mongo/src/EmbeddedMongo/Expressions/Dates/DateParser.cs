namespace EmbeddedMongo.Expressions.Dates;

/// <summary>Parses a date with a format that has the same specifiers as <see cref="DateFormatter"/>.</summary>
internal ref struct DateParser(string text, string format)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _at;
    private int? _year,
        _month,
        _day,
        _dayOfYear,
        _isoYear,
        _isoWeek,
        _isoDay;
    private int _hour,
        _minute,
        _second,
        _millisecond;
    private long? _offsetMinutes;

    /// <summary>The reason why the text does not match the format, for the message of error 241.</summary>
    public string Problem { get; private set; } = "";

    public bool TryParse(Zone? zone, out long utcMillis)
    {
        utcMillis = 0;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] == '%' && i + 1 < format.Length)
            {
                if (!TrySpecifier(format[++i]))
                    return Fail($"no value for %{format[i]} at position {_at}");
            }
            else if (_at >= _text.Length || _text[_at++] != format[i])
            {
                return Fail($"the separator '{format[i]}' is not at position {_at}");
            }
        }
        if (_at < _text.Length)
            return Fail("trailing data");
        if (_offsetMinutes is not null && zone is not null)
            return Fail("you cannot pass in a date/time string with a time zone offset together with a timezone argument");
        return TryAssemble(zone ?? Zone.Utc, out utcMillis);
    }

    private bool TryAssemble(Zone zone, out long utcMillis)
    {
        utcMillis = 0;
        long days;
        if (_isoYear is { } isoYear)
        {
            days = CivilTime.IsoYearStart(isoYear) + ((_isoWeek ?? 1) - 1) * 7 + (_isoDay ?? 1) - 1;
        }
        else if (_year is not { } year)
        {
            return Fail("an incomplete date/time string has been found, with elements missing");
        }
        else if (_dayOfYear is { } dayOfYear)
        {
            days = CivilTime.DaysOf(year, 1, 1) + dayOfYear - 1;
        }
        else if (_month is { } month && _day is { } day)
        {
            if (month is < 1 or > 12 || day < 1 || day > CivilTime.DaysInMonth(year, month))
                return Fail("the parsed date was invalid");
            days = CivilTime.DaysOf(year, month, day);
        }
        else
        {
            return Fail("an incomplete date/time string has been found, with elements missing");
        }

        if (_hour > 23 || _minute > 59 || _second > 59)
            return Fail("the parsed time was invalid");
        var local = days * CivilTime.MillisPerDay + ((_hour * 60L + _minute) * 60 + _second) * 1000 + _millisecond;
        utcMillis = _offsetMinutes is { } offset ? local - offset * 60_000 : zone.ToUtc(local);
        return true;
    }

    private bool TrySpecifier(char specifier)
    {
        switch (specifier)
        {
            case 'Y':
                return TryNumber(4, 4, out _year);
            case 'G':
                return TryNumber(4, 4, out _isoYear);
            case 'm':
                return TryNumber(1, 2, out _month);
            case 'd':
                return TryNumber(1, 2, out _day);
            case 'j':
                return TryNumber(1, 3, out _dayOfYear);
            case 'V':
                return TryNumber(1, 2, out _isoWeek);
            case 'u':
                return TryNumber(1, 1, out _isoDay);
            case 'H':
                return TryNumber(1, 2, out _hour);
            case 'M':
                return TryNumber(1, 2, out _minute);
            case 'S':
                return TryNumber(1, 2, out _second);
            case 'L':
                return TryFraction();
            case 'b':
            case 'B':
                return TryMonthName();
            case 'z':
            case 'Z':
                return TryOffset(minutesOnly: specifier == 'Z');
            case '%':
                return _at < _text.Length && _text[_at++] == '%';
            default:
                return false;
        }
    }

    private bool TryNumber(int minDigits, int maxDigits, out int? value)
    {
        var found = TryNumber(minDigits, maxDigits, out int number);
        value = found ? number : null;
        return found;
    }

    private bool TryNumber(int minDigits, int maxDigits, out int value)
    {
        value = 0;
        var digits = 0;
        while (digits < maxDigits && _at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            value = value * 10 + _text[_at++] - '0';
            digits++;
        }
        return digits >= minDigits;
    }

    private bool TryFraction()
    {
        var start = _at;
        if (!TryNumber(1, 3, out _millisecond))
            return false;
        for (var digits = _at - start; digits < 3; digits++)
            _millisecond *= 10;
        return true;
    }

    private bool TryMonthName()
    {
        for (var month = 0; month < 12; month++)
        {
            var name = DateFormatter.MonthNames[month];
            foreach (var length in (ReadOnlySpan<int>)[name.Length, 3])
            {
                if (
                    _at + length <= _text.Length
                    && _text.Slice(_at, length).Equals(name.AsSpan(0, length), StringComparison.OrdinalIgnoreCase)
                )
                {
                    _month = month + 1;
                    _at += length;
                    return true;
                }
            }
        }
        return false;
    }

    private bool TryOffset(bool minutesOnly)
    {
        if (_at < _text.Length && _text[_at] is 'Z' or 'z')
        {
            _at++;
            _offsetMinutes = 0;
            return true;
        }
        if (_at >= _text.Length || _text[_at] is not ('+' or '-'))
            return false;
        var sign = _text[_at++] == '-' ? -1 : 1;
        if (minutesOnly)
        {
            var found = TryNumber(1, 4, out int total);
            _offsetMinutes = sign * total;
            return found;
        }
        if (!TryNumber(1, 2, out int hours))
            return false;
        if (_at < _text.Length && _text[_at] == ':')
            _at++;
        TryNumber(0, 2, out int minutes);
        _offsetMinutes = sign * (hours * 60 + minutes);
        return true;
    }

    private bool Fail(string problem)
    {
        Problem = problem;
        return false;
    }
}
