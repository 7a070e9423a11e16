using Akka.Actor;
using Akka.Event;
using DistRec.Evaluation.Bandits;
using DistRec.Serving.Experiments;
using DistRec.Serving.Users;

namespace DistRec.Serving.Actors;

/// <summary>
/// Keeps the arms of users who come to an experiment for the first time: those who come while a commit is under way go into the next one together.
/// The partition of the user, which lives on this node, knows the arm before anybody is answered; of two nodes that draw for one user while its
/// partition moves, the database says whose arm it is.
/// </summary>
internal sealed class ArmActor : ReceiveActor
{
    private readonly ServingNode _node;
    private readonly Func<IReadOnlyList<KeptArm>, Task<KeptArm[]>> _keep;
    private readonly List<(IActorRef Sender, KeptArm Drawn)> _waiting = [];
    private List<(IActorRef Sender, KeptArm Drawn)> _underWay = [];

    public ArmActor(ServingNode node, Func<IReadOnlyList<KeptArm>, Task<KeptArm[]>> keep)
    {
        _node = node;
        _keep = keep;
        Receive<KeepArm>(keep =>
        {
            _waiting.Add((Sender, keep.Drawn));
            Commit();
        });
        Receive<Committed>(committed =>
        {
            foreach (((IActorRef sender, _), KeptArm kept) in _underWay.Zip(committed.Arms))
            {
                _node.PartitionOf(kept.User)?.Keep(kept);
                sender.Tell(new ArmKept(kept.Choice));
            }

            Next();
        });
        Receive<Status.Failure>(failure =>
        {
            Context.GetLogger().Warning("{0} users are answered outside of their experiment: {1}", _underWay.Count, failure.Cause.Message);
            foreach ((IActorRef sender, _) in _underWay)
            {
                sender.Tell(new ArmKept(null));
            }

            Next();
        });
    }

    /// <summary>How one is made.</summary>
    /// <param name="node">Where partitions of users are.</param>
    /// <param name="keep">Commits arms; see <see cref="ExperimentStore.KeepArmsAsync"/>.</param>
    public static Props Props(ServingNode node, Func<IReadOnlyList<KeptArm>, Task<KeptArm[]>> keep) => Akka.Actor.Props.Create(() => new ArmActor(node, keep));

    private void Next()
    {
        _underWay = [];
        Commit();
    }

    private void Commit()
    {
        if (_underWay.Count > 0 || _waiting.Count == 0)
        {
            return;
        }

        _underWay = [.. _waiting];
        _waiting.Clear();
        KeptArm[] drawn = [.. _underWay.Select(one => one.Drawn)];
        Task.Run(() => _keep(drawn)).PipeTo(Self, success: arms => new Committed(arms));
    }

    private sealed record Committed(KeptArm[] Arms);
}
