using System.Buffers.Binary;
using System.Text;

namespace DistRec.Data;

/// <summary>Hashes of ids that are the same in every process and on every machine. Not for cryptography.</summary>
public static class IdHash
{
    private const ulong Golden = 0x9E3779B97F4A7C15UL;

    /// <summary>64 bits that depend on the id alone, as UTF-8.</summary>
    public static ulong Of(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        byte[] text = Encoding.UTF8.GetBytes(id);
        return CanonicalNumber.TryParse(text, out ulong number) ? OfNumber(number) : OfText(text);
    }

    internal static ulong OfNumber(ulong number) => Scramble(number + Golden);

    internal static ulong OfText(ReadOnlySpan<byte> text)
    {
        ulong hash = (ulong)text.Length * Golden;
        while (text.Length >= 8)
        {
            hash = Scramble(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text));
            text = text[8..];
        }

        ulong tail = 0;
        for (int index = 0; index < text.Length; index++)
        {
            tail |= (ulong)text[index] << (8 * index);
        }

        return Scramble(hash ^ tail);
    }

    internal static ulong Scramble(ulong value)
    {
        value = (value ^ (value >> 32)) * 0xD6E8FEB86659FD93UL;
        value = (value ^ (value >> 32)) * 0xD6E8FEB86659FD93UL;
        return value ^ (value >> 32);
    }
}
