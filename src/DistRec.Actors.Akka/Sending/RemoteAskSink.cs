using Akka.Actor;
using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Akka.Protocol;
using DistRec.Actors.Runtime;
using Google.Protobuf;

namespace DistRec.Actors.Akka.Sending;

/// <summary>Takes the answer to a request back to the node that asked.</summary>
/// <param name="hub">The asking node's.</param>
/// <param name="number">The asking node's number for the request.</param>
/// <param name="isOut">Whether this node is no longer in the cluster, so that nobody listens to it.</param>
internal sealed class RemoteAskSink(IActorRef hub, long number, Func<bool> isOut) : IAskSink
{
    private int _isAnswered;

    public void Reply(IMessage reply) => Answer(new ReplyEnvelope(number, new MessageBody(reply)));

    public void Fail(ActorException failure) => Answer(new AskFailed { Ask = number, Failure = FailureCodec.Write(failure) });

    private void Answer(object answer)
    {
        if (!isOut() && Interlocked.Exchange(ref _isAnswered, 1) == 0)
        {
            hub.Tell(answer, ActorRefs.NoSender);
        }
    }
}
