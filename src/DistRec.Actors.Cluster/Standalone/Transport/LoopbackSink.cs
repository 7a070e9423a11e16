using System.Threading.Channels;
using DistRec.Actors.Cluster.Standalone.Protocol;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>Between the seed and the node in its own process.</summary>
internal sealed class LoopbackSink : IFrameSink
{
    private readonly Channel<Frame> _frames = Channel.CreateUnbounded<Frame>(new UnboundedChannelOptions { SingleReader = true });

    public void Send(Frame frame) => _frames.Writer.TryWrite(frame);

    /// <summary>Hands frames on until the sink is closed.</summary>
    public async Task RunAsync(Action<Frame> receive)
    {
        await foreach (Frame frame in _frames.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            receive(frame);
        }
    }

    public void Close() => _frames.Writer.TryComplete();
}
