using System.Runtime.CompilerServices;

namespace DistRec.Data;

/// <summary>
/// Numbers straight from bytes that end in a line feed. Each method moves past what it read, or reports false where the text
/// is anything but the plain form it knows; the caller then starts over with <see cref="FieldParser"/>.
/// </summary>
internal static unsafe class QuickNumber
{
    private const int MaxMantissaDigits = 7;

    private static ReadOnlySpan<float> PowersOfTen => [1f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f];

    /// <summary>A canonical number (see <see cref="CanonicalNumber"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryInteger(ref byte* next, out ulong number)
    {
        byte* start = next;
        byte* position = start;
        uint digit = (uint)(*position - '0');
        number = digit;
        if (digit > 9)
        {
            return false;
        }

        position++;
        while ((digit = (uint)(*position - '0')) <= 9)
        {
            number = number * 10 + digit;
            position++;
        }

        next = position;
        long length = position - start;
        return length == 1 || (*start != '0' && length <= CanonicalNumber.MaxDigits);
    }

    /// <summary>
    /// A decimal of at most seven digits without sign or exponent. Its digits and the power of ten are both exact in single precision, so
    /// one division rounds correctly.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDecimal(ref byte* next, out float value)
    {
        byte* start = next;
        byte* position = start;
        uint mantissa = 0;
        uint digit;
        while ((digit = (uint)(*position - '0')) <= 9)
        {
            mantissa = mantissa * 10 + digit;
            position++;
        }

        long digits = position - start;
        int decimals = 0;
        if (*position == '.')
        {
            byte* point = position++;
            while ((digit = (uint)(*position - '0')) <= 9)
            {
                mantissa = mantissa * 10 + digit;
                position++;
            }

            long fraction = position - point - 1;
            digits += fraction;
            decimals = (int)fraction;
        }

        next = position;
        if (digits is 0 or > MaxMantissaDigits)
        {
            value = 0;
            return false;
        }

        value = decimals == 0 ? mantissa : mantissa / PowersOfTen[decimals];
        return true;
    }

    /// <summary>Seconds since 1970, or a date <c>yyyy-mm-dd</c> from 1970 on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryTime(ref byte* next, out ulong seconds) =>
        TryInteger(ref next, out seconds) && (*next != '-' || TryDate(ref next, ref seconds));

    // On entry the year has been read and next is at the first hyphen.
    private static bool TryDate(ref byte* next, ref ulong yearThenSeconds)
    {
        byte* hyphen = next;
        if (yearThenSeconds is < 1970 or > 9999
            || !TryTwoDigits(hyphen + 1, out int month)
            || hyphen[3] != '-'
            || !TryTwoDigits(hyphen + 4, out int day)
            || month is < 1 or > 12
            || day < 1
            || day > DateTime.DaysInMonth((int)yearThenSeconds, month))
        {
            return false;
        }

        next = hyphen + 6;
        yearThenSeconds = (ulong)(new DateOnly((int)yearThenSeconds, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * 86_400;
        return true;
    }

    private static bool TryTwoDigits(byte* text, out int number)
    {
        uint tens = (uint)(text[0] - '0');
        uint ones = tens <= 9 ? (uint)(text[1] - '0') : 10;
        number = (int)(tens * 10 + ones);
        return tens <= 9 && ones <= 9;
    }
}
