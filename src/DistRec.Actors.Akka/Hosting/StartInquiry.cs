using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>What an inquiry wants done next.</summary>
internal enum InquiryStep
{
    /// <summary>The message was none of its answers.</summary>
    NotMine,

    /// <summary>Wait for the next answer.</summary>
    Wait,

    /// <summary>Count members and keepers of the record once more, a moment later.</summary>
    CountAgain,

    /// <summary>Ask all keepers for the record.</summary>
    Ask,

    /// <summary>Note in the record that the actor starts.</summary>
    Note,

    /// <summary>Start the actor, for the reason found.</summary>
    Start,
}

/// <summary>
/// Finds out whether an actor that is to start was started before, without a clock or an actor. A node that has just joined
/// may keep the record alone for a moment and know nothing, so it asks only when it can ask every other member. Where
/// nobody can tell, a loss is assumed: an actor that reports a loss too many does no harm, one that keeps quiet about
/// it does.
/// </summary>
/// <param name="actor">The actor.</param>
/// <param name="self">This node.</param>
internal sealed class StartInquiry(ActorAddress actor, Address self)
{
    private const int MostCounts = 50;
    private const int MostNotes = 3;

    private int? _members;
    private int? _keepers;
    private int _counts;
    private int _notes;

    public StartReason Reason { get; private set; }

    public InquiryStep Receive(object message) => message switch
    {
        ClusterEvent.CurrentClusterState state =>
            CountMembers(state.Members.Count(member => member.Status == MemberStatus.Up && member.Address != self)),
        ReplicaCount count => Count(ref _keepers, count.N - 1),
        NotFound => Found(StartReason.First),
        GetSuccess found => Found(
            found.Get(StartedActors.Key).Contains(actor.ToString()) ? StartReason.Relocation : StartReason.First),
        IGetResponse => Found(StartReason.Relocation),
        UpdateSuccess => InquiryStep.Start,
        IUpdateResponse => ++_notes < MostNotes ? InquiryStep.Note : InquiryStep.Start,
        _ => InquiryStep.NotMine,
    };

    /// <summary>So many other nodes are members.</summary>
    public InquiryStep CountMembers(int others) => Count(ref _members, others);

    private InquiryStep Count(ref int? counted, int others)
    {
        counted = others;
        if (_members is not { } members || _keepers is not { } keepers)
        {
            return InquiryStep.Wait;
        }

        (_members, _keepers) = (null, null);
        return keepers >= members ? InquiryStep.Ask
            : ++_counts < MostCounts ? InquiryStep.CountAgain
            : Found(StartReason.Relocation);
    }

    private InquiryStep Found(StartReason reason)
    {
        Reason = reason;
        return InquiryStep.Note;
    }
}
