using Akka.Actor;
using Akka.Cluster;
using DistRec.Training.Protocol;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Cluster.Hosting;

/// <summary>Whether a node is what it should be: a member of its cluster, whose regions live, and on coordinators whose queue answers.</summary>
/// <param name="system">The node's actors.</param>
/// <param name="queue">The queue of jobs, wherever it is; null on nodes that do not coordinate.</param>
internal sealed class NodeHealth(ActorSystem system, IActorRef? queue)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    private volatile string _failure = "";

    /// <summary>Why the node has failed for good; empty while it has not.</summary>
    public string Failure
    {
        get => _failure;
        set => _failure = value;
    }

    /// <summary>What keeps the process from being worth keeping; empty for nothing.</summary>
    public string FindDeath() => _failure.Length > 0 ? _failure
        : AkkaCluster.Get(system).IsTerminated ? "the node is no longer in its cluster; the process should end and start again" : "";

    /// <summary>What keeps the node from doing its work; empty for nothing.</summary>
    public async Task<string> FindFaultAsync()
    {
        if (FindDeath() is { Length: > 0 } death)
        {
            return death;
        }

        AkkaCluster cluster = AkkaCluster.Get(system);
        if (cluster.SelfMember.Status != MemberStatus.Up)
        {
            return $"the node is {cluster.SelfMember.Status.ToString().ToLowerInvariant()}; expected a full member of its cluster, so the coordinators are awaited";
        }

        if (queue is null)
        {
            return "";
        }

        try
        {
            QueueStatus status = await queue.Ask<QueueStatus>(new GetQueueStatus { From = cluster.SelfAddress.ToString() }, AnswerTimeout).ConfigureAwait(false);
            return status.Trouble;
        }
        catch (AskTimeoutException)
        {
            return "the queue of jobs does not answer; it moves to another coordinator, or has failed: see the logs of the coordinators";
        }
    }
}
