using DistRec.Actors.Cluster.Standalone.Protocol;
using DistRec.Actors.Runtime;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>Carries the typed failures of the contract from node to node.</summary>
internal static class FailureCodec
{
    /// <summary>What an actor's node says to whoever waits on another node.</summary>
    public static Failure Write(Exception failure) => failure switch
    {
        ActorFailedException failed => Fault(failed.CauseText, failed.IsFinal),
        NoReplyException unanswered => new Failure { NoReplyTo = unanswered.Request },
        RequestRefusedException refused => new Failure { Refused = refused.Reason },
        SendTimeoutException => new Failure { MailboxFull = new MailboxFull() },
        OperationCanceledException => new Failure { Withdrawn = new Withdrawn() },
        UnknownMessageTypeException unknown => new Failure { UnknownType = unknown.MessageName },

        // The actor's node stops, not the asker's: a fresh actor takes over elsewhere.
        ActorSystemStoppedException or ActorMovedException => Fault("its node stopped before it answered"),
        _ => Fault($"{failure.GetType().Name}: {failure.Message}"),
    };

    public static Failure Fault(string cause, bool isFinal = false) =>
        new() { ActorFailed = new ActorFault { Cause = cause, IsFinal = isFinal } };

    /// <summary>What whoever waits gets to see; <see cref="Failure.ReasonOneofCase.Withdrawn"/> is the waiting side's own affair.</summary>
    public static ActorException Read(Failure failure, ActorAddress address, int mailboxCapacity, TimeSpan sendTimeout) =>
        failure.ReasonCase switch
        {
            Failure.ReasonOneofCase.ActorFailed =>
                new ActorFailedException(address, failure.ActorFailed.Cause, failure.ActorFailed.IsFinal),
            Failure.ReasonOneofCase.NoReplyTo => new NoReplyException(address, failure.NoReplyTo),
            Failure.ReasonOneofCase.Refused => new RequestRefusedException(address, failure.Refused),
            Failure.ReasonOneofCase.MailboxFull => new SendTimeoutException(address, mailboxCapacity, sendTimeout),
            Failure.ReasonOneofCase.UnknownType => new UnknownMessageTypeException(failure.UnknownType),
            Failure.ReasonOneofCase.UnknownActor => new UnknownActorException(address, failure.UnknownActor),
            _ => new ActorFailedException(address, $"an unreadable answer came back ({failure.ReasonCase})", isFinal: false),
        };
}
