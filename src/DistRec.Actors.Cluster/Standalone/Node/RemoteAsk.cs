using DistRec.Actors.Cluster.Standalone.Protocol;
using DistRec.Actors.Runtime;
using Google.Protobuf;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>Carries the answer to a request back to the node that waits for it.</summary>
internal sealed class RemoteAsk(IFrameSink link, long origin, long correlation) : IAskSink
{
    private int _isAnswered;

    public long Origin => origin;

    public long Correlation => correlation;

    public void Reply(IMessage reply)
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) == 0)
        {
            link.Send(new Frame { Answer = new Answer { Origin = origin, Correlation = correlation, Reply = MessageTypes.Write(reply) } });
        }
    }

    public void Fail(ActorException failure)
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) == 0)
        {
            link.Send(new Frame { Answer = new Answer { Origin = origin, Correlation = correlation, Failure = FailureCodec.Write(failure) } });
        }
    }
}
