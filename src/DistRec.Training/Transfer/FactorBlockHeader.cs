using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>
/// What stands before the values of a block of factors on the wire; then come the factors of the written rows, without
/// padding, and then their biases: [written, rank] and [written], little-endian float32.
/// </summary>
/// <param name="Rows">Rows of the whole block.</param>
/// <param name="Rank">Factors a row.</param>
/// <param name="Written">Rows that follow.</param>
/// <param name="Checksum">Of the bitmap of the rows that follow; 0 for all.</param>
internal readonly record struct FactorBlockHeader(int Rows, int Rank, int Written, uint Checksum)
{
    public const int Bytes = 4 * sizeof(int);

    /// <summary>Of a whole block where no rows are named.</summary>
    public static FactorBlockHeader Of(FactorBlock block, RowSet? rows) =>
        new(block.Factors.Rows, block.Factors.Rank, rows?.Count ?? block.Factors.Rows, rows?.Checksum ?? 0);

    /// <summary>Bytes of the header and what follows.</summary>
    public long ByteLength => Bytes + (long)Written * (Rank + 1L) * sizeof(float);

    public void Write(ChunkWriter writer)
    {
        writer.WriteInt32(Rows);
        writer.WriteInt32(Rank);
        writer.WriteInt32(Written);
        writer.WriteInt32((int)Checksum);
    }

    /// <exception cref="InvalidDataException">The numbers do not fit each other or the length.</exception>
    public static async ValueTask<FactorBlockHeader> ReadAsync(ChunkReader reader, long length, CancellationToken cancellationToken)
    {
        await reader.FillAsync(Bytes, cancellationToken).ConfigureAwait(false);
        FactorBlockHeader header = new(reader.TakeInt32(), reader.TakeInt32(), reader.TakeInt32(), (uint)reader.TakeInt32());
        if (header.Rows < 0 || header.Rank < 0 || header.Written < 0 || header.Written > header.Rows)
        {
            throw new InvalidDataException(
                $"a block of factors: expected counts of rows, factors and written rows, found {header.Rows}, {header.Rank} and {header.Written}");
        }

        return header.ByteLength == length
            ? header
            : throw new InvalidDataException(
                $"a block of factors: expected {header.ByteLength} bytes for {header.Written} rows of rank {header.Rank}, found {length}");
    }
}
