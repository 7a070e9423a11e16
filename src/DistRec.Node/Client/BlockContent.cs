using System.Net;
using DistRec.Actors;

namespace DistRec.Node.Client;

/// <summary>A block as the body of a request: streamed, and of a length known up front.</summary>
internal sealed class BlockContent(IBlock block, IdleLimit idle) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        WatchedStream watched = new(stream, idle);
        await using (watched.ConfigureAwait(false))
        {
            await block.WriteAsync(watched, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = block.ByteLength;
        return true;
    }
}
