using Google.Protobuf;

namespace DistRec.Actors.Runtime;

/// <summary>The duty to reply to one message, kept by the context so that it fails with the incarnation.</summary>
internal sealed class CapturedReply(ActorContext context, Envelope request) : ReplyHandle
{
    internal IAskSink? Ask => request.Ask;

    public override ValueTask ReplyAsync(IMessage reply)
    {
        ValueTask replied = context.ReplyToAsync(request, reply);
        context.Forget(this);
        return replied;
    }

    public override ValueTask RefuseAsync(string reason)
    {
        request.Ask?.Fail(new RequestRefusedException(context.Self, reason));
        context.Forget(this);
        return ValueTask.CompletedTask;
    }
}
