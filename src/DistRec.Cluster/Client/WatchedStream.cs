using DistRec.Data;

namespace DistRec.Cluster.Client;

/// <summary>Passes bytes on in pieces, and tells the idle limit of each: as long as pieces move, a large block may take its time.</summary>
internal sealed class WatchedStream(Stream inner, IdleLimit idle) : SequentialStream
{
    private const int PieceBytes = 256 * 1024;

    public override bool CanRead => inner.CanRead;

    public override bool CanWrite => inner.CanWrite;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            ReadOnlyMemory<byte> piece = buffer[..Math.Min(PieceBytes, buffer.Length)];
            await inner.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            idle.Touch();
            buffer = buffer[piece.Length..];
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        idle.Touch();
        return read;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
}
