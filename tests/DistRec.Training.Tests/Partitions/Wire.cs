namespace DistRec.Training.Tests.Partitions;

/// <summary>Delivers as a connection does: in pieces that end anywhere. Counts the calls.</summary>
internal sealed class PiecesStream(byte[] bytes, int pieceBytes) : MemoryStream(bytes, writable: false)
{
    public int Calls { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Calls++;
        return base.ReadAsync(buffer[..Math.Min(pieceBytes, buffer.Length)], cancellationToken);
    }
}

/// <summary>Keeps what is written, and counts the calls.</summary>
internal sealed class CountingStream : MemoryStream
{
    public int Calls { get; private set; }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Calls++;
        return base.WriteAsync(buffer, cancellationToken);
    }
}
