using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace DistRec.Data;

/// <summary>Reads the fields that the quick path of <see cref="LineParser"/> leaves: rare forms and wrong ones.</summary>
internal static class FieldParser
{
    /// <summary>A finite number in decimal or exponent form.</summary>
    public static bool TryRating(ReadOnlySpan<byte> field, bool decimalComma, out float value)
    {
        if (decimalComma && field.Contains((byte)','))
        {
            byte[] dotted = field.ToArray();
            dotted.AsSpan().Replace((byte)',', (byte)'.');
            return TryRating(dotted, false, out value);
        }

        if (!field.IsEmpty && field[0] == '+')
        {
            field = field[1..];
        }

        value = 0;
        return !field.IsEmpty && Utf8Parser.TryParse(field, out value, out int used) && used == field.Length && float.IsFinite(value);
    }

    /// <summary>Seconds since 1970 as an integer or a decimal, a date, or a date with a time of day, all in UTC.</summary>
    public static bool TryTimestamp(ReadOnlySpan<byte> field, out long seconds)
    {
        if (Utf8Parser.TryParse(field, out seconds, out int used) && used == field.Length)
        {
            return true;
        }

        if (field.IsEmpty || field.Length > 40)
        {
            return false;
        }

        if (TryDateAndTime(field, out seconds))
        {
            return true;
        }

        if (field.Contains((byte)'-') && field.Length >= 8 &&
            DateTimeOffset.TryParse(
                Encoding.UTF8.GetString(field),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out DateTimeOffset moment))
        {
            seconds = moment.ToUnixTimeSeconds();
            return true;
        }

        if (Utf8Parser.TryParse(field, out double fractional, out used) && used == field.Length && Math.Abs(fractional) < 1e15)
        {
            seconds = (long)Math.Floor(fractional);
            return true;
        }

        return false;
    }

    /// <summary><c>yyyy-mm-dd hh:mm:ss</c>, which whole files are made of and the framework's parser is slow at.</summary>
    private static bool TryDateAndTime(ReadOnlySpan<byte> field, out long seconds)
    {
        seconds = 0;
        if (field.Length != 19
            || field[4] != '-' || field[7] != '-' || field[10] is not ((byte)' ' or (byte)'T') || field[13] != ':' || field[16] != ':'
            || !TryDigits(field[..4], out int year) || !TryDigits(field[5..7], out int month) || !TryDigits(field[8..10], out int day)
            || !TryDigits(field[11..13], out int hour) || !TryDigits(field[14..16], out int minute) || !TryDigits(field[17..], out int second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        seconds = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).ToUnixTimeSeconds();
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (byte character in text)
        {
            if (!char.IsAsciiDigit((char)character))
            {
                return false;
            }

            number = number * 10 + (character - '0');
        }

        return true;
    }

    /// <summary>A field as it is shown in a message: shortened, and with bytes that are no text made visible.</summary>
    public static string Show(ReadOnlySpan<byte> field)
    {
        const int Longest = 60;
        string text = Encoding.UTF8.GetString(field[..Math.Min(field.Length, Longest)]);
        var shown = new StringBuilder(text.Length + 2).Append('"');
        foreach (char character in text)
        {
            shown.Append(char.IsControl(character) ? $"\\x{(int)character:x2}" : character);
        }

        return shown.Append(field.Length > Longest ? "…\"" : "\"").ToString();
    }
}
