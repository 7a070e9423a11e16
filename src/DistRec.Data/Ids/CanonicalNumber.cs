namespace DistRec.Data;

/// <summary>
/// Ids that are plain decimal numbers — one to eighteen digits, no sign, no leading zero — are kept as numbers: eight bytes each and
/// no text to hash. Every other id stays text, so <c>7</c> and <c>007</c> remain two ids.
/// </summary>
internal static class CanonicalNumber
{
    /// <summary>Most digits of an id that is kept as a number; 10^18 − 1 leaves the top bits free for tags.</summary>
    public const int MaxDigits = 18;

    public static bool TryParse(ReadOnlySpan<byte> text, out ulong number)
    {
        number = 0;
        if (text.IsEmpty || text.Length > MaxDigits || (text[0] == (byte)'0' && text.Length > 1))
        {
            return false;
        }

        foreach (byte character in text)
        {
            uint digit = (uint)(character - '0');
            if (digit > 9)
            {
                return false;
            }

            number = number * 10 + digit;
        }

        return true;
    }
}
