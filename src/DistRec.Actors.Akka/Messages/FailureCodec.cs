using DistRec.Actors.Akka.Protocol;
using DistRec.Actors.Runtime;

namespace DistRec.Actors.Akka.Messages;

/// <summary>Carries the typed failures of the contract from node to node.</summary>
internal static class FailureCodec
{
    public static Fault Write(Exception failure) => failure switch
    {
        ActorFailedException failed => OfActor(failed.CauseText, failed.IsFinal),
        NoReplyException unanswered => new Fault { NoReplyTo = unanswered.Request },
        RequestRefusedException refused => new Fault { Refused = refused.Reason },
        OperationCanceledException => new Fault { Withdrawn = new Withdrawn() },
        UnknownMessageTypeException unknown => new Fault { UnknownType = unknown.MessageName },

        // The actor's node stops, not the asker's: a fresh actor takes over elsewhere.
        ActorSystemStoppedException or ActorMovedException => OfActor("its node stopped before it answered", isFinal: false),
        _ => OfActor($"{failure.GetType().Name}: {failure.Message}", isFinal: false),
    };

    /// <summary>What whoever waits gets to see; a withdrawal is the waiting side's own affair.</summary>
    public static ActorException Read(Fault failure, ActorAddress address) => failure.ReasonCase switch
    {
        Fault.ReasonOneofCase.ActorFailed =>
            new ActorFailedException(address, failure.ActorFailed.Cause, failure.ActorFailed.IsFinal),
        Fault.ReasonOneofCase.NoReplyTo => new NoReplyException(address, failure.NoReplyTo),
        Fault.ReasonOneofCase.Refused => new RequestRefusedException(address, failure.Refused),
        Fault.ReasonOneofCase.UnknownType => new UnknownMessageTypeException(failure.UnknownType),
        _ => new ActorFailedException(address, $"an unreadable answer came back ({failure.ReasonCase})", isFinal: false),
    };

    private static Fault OfActor(string cause, bool isFinal) =>
        new() { ActorFailed = new ActorFault { Cause = cause, IsFinal = isFinal } };
}
