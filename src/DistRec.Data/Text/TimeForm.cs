using System.Globalization;

namespace DistRec.Data;

/// <summary>What whole numbers in a column of times are.</summary>
internal enum TimeForm : byte
{
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,

    /// <summary><c>yyyymmdd</c>.</summary>
    Date,

    /// <summary><c>yyyymmddhhmmss</c>.</summary>
    DateAndTime,
}

/// <summary>Guesses what whole numbers mean as times, and converts them.</summary>
internal static class TimeForms
{
    private const ulong LeastMilliseconds = 100_000_000_000; // 1973
    private const ulong LeastMicroseconds = 1000 * LeastMilliseconds;
    private const ulong LeastNanoseconds = 1000 * LeastMicroseconds;

    /// <summary>The one form that all of some times have; seconds where there is none.</summary>
    public static TimeForm Of(IReadOnlyList<string> times)
    {
        ulong[] numbers = new ulong[times.Count];
        for (int index = 0; index < numbers.Length; index++)
        {
            if (!ulong.TryParse(times[index], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[index]))
            {
                return TimeForm.Seconds;
            }
        }

        return numbers.Length == 0 ? TimeForm.Seconds
            : Enum.GetValues<TimeForm>().Skip(1).OrderDescending().FirstOrDefault(form => numbers.All(number => IsOf(form, number)));
    }

    /// <summary>Seconds since 1970.</summary>
    /// <returns>False where the number is no time of this form.</returns>
    public static bool TryConvert(TimeForm form, ulong number, out long seconds)
    {
        seconds = 0;
        switch (form)
        {
            case TimeForm.Seconds:
                seconds = (long)Math.Min(number, long.MaxValue);
                return number <= long.MaxValue;
            case TimeForm.Date:
                return TryDate(number, 0, out seconds);
            case TimeForm.DateAndTime:
                return TryDate(number / 1_000_000, number % 1_000_000, out seconds);
            default:
                seconds = (long)(number / Unit(form));
                return IsOf(form, number);
        }
    }

    /// <summary>The form in words.</summary>
    public static string Name(TimeForm form) => form switch
    {
        TimeForm.Date => "yyyymmdd",
        TimeForm.DateAndTime => "yyyymmddhhmmss",
        _ => $"{form}".ToLowerInvariant() + " since 1970",
    };

    private static ulong Unit(TimeForm form) => form switch
    {
        TimeForm.Milliseconds => 1000,
        TimeForm.Microseconds => 1_000_000,
        TimeForm.Nanoseconds => 1_000_000_000,
        _ => 1,
    };

    private static bool IsOf(TimeForm form, ulong number) => form switch
    {
        TimeForm.Milliseconds => number is >= LeastMilliseconds and < LeastMicroseconds,
        TimeForm.Microseconds => number is >= LeastMicroseconds and < LeastNanoseconds,
        TimeForm.Nanoseconds => number is >= LeastNanoseconds and <= long.MaxValue,
        _ => TryConvert(form, number, out _),
    };

    private static bool TryDate(ulong date, ulong time, out long seconds)
    {
        seconds = 0;
        (int year, int month, int day) = ((int)Math.Min(date / 10_000, int.MaxValue), (int)(date / 100 % 100), (int)(date % 100));
        (int hour, int minute, int second) = ((int)(time / 10_000), (int)(time / 100 % 100), (int)(time % 100));
        if (year is < 1900 or > 2100 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        seconds = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).ToUnixTimeSeconds();
        return true;
    }
}
