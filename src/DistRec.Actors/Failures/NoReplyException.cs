namespace DistRec.Actors;

/// <summary>The actor handled a request to its end without replying or capturing the reply.</summary>
public sealed class NoReplyException(ActorAddress address, string request)
    : ActorException(
        $"{address} handled {request} without replying; call ReplyAsync, or CaptureReply to reply later.")
{
    public ActorAddress Address { get; } = address;

    /// <summary>The full name of the request's message type.</summary>
    public string Request { get; } = request;
}
