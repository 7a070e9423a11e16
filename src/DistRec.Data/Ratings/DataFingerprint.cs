using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DistRec.Data;

/// <summary>
/// SHA-256 of a data set: of the digests of its rows, columns, values, times, user ids and item ids. Two data sets have the same one
/// exactly if they have the same ids in the same order and the same ratings.
/// </summary>
internal static class DataFingerprint
{
    private const int Piece = 1 << 20;

    public static string Of(RatingMatrix ratings, IdMap users, IdMap items)
    {
        int count = (int)ratings.Count;
        Func<byte[]>[] parts =
        [
            () => Hash<int>(ratings.Columns.AsSpan(0, count)),
            () => Hash<float>(ratings.Values.AsSpan(0, count)),
            () => ratings.Timestamps is { } times ? Hash<long>(times.AsSpan(0, count)) : [],
            () => Hash<long>(ratings.RowStarts),
            () => HashIds(users),
            () => HashIds(items),
        ];
        byte[][] digests = new byte[parts.Length][];
        int next = -1;
        Workers.Run(count < Piece ? 1 : Math.Min(2, Environment.ProcessorCount), _ =>
        {
            for (int part; (part = Interlocked.Increment(ref next)) < parts.Length;)
            {
                digests[part] = parts[part]();
            }
        });
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        whole.AppendData(Encoding.ASCII.GetBytes($"distrec ratings 1 {ratings.RowCount} {ratings.ColumnCount} {count}\n"));
        foreach (byte[] digest in digests)
        {
            whole.AppendData(digest);
        }

        return Convert.ToHexStringLower(whole.GetHashAndReset());
    }

    private static byte[] Hash<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int start = 0; start < values.Length; start += Piece)
        {
            hash.AppendData(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(Piece, values.Length - start))));
        }

        return hash.GetHashAndReset();
    }

    private static byte[] HashIds(IdMap ids)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[2 * (IdTable.MaxTextLength + 4)];
        int length = 0;
        for (int index = 0; index < ids.Count; index++)
        {
            int written = ids.Table.Format(index, buffer.AsSpan(length + 4));
            BitConverter.TryWriteBytes(buffer.AsSpan(length), written);
            length += 4 + written;
            if (length > IdTable.MaxTextLength)
            {
                hash.AppendData(buffer, 0, length);
                length = 0;
            }
        }

        hash.AppendData(buffer, 0, length);
        return hash.GetHashAndReset();
    }
}
