using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using DistRec.Data;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Cluster.Hosting;

/// <summary>Keeps <see cref="KnownMembers"/> equal to the cluster's other members, until this node leaves the cluster.</summary>
internal sealed class KnownMembersRecorder : ReceiveActor
{
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly KnownMembers _file;
    private readonly SortedSet<Address> _members = new(Member.AddressOrdering);
    private bool _isJoined;

    public KnownMembersRecorder(KnownMembers file)
    {
        _file = file;

        // When a node has left its cluster, it is told that every member is removed: what was noted before then has to stay.
        Receive<ClusterEvent.ClusterShuttingDown>(_ => Context.Stop(Self));
        Receive<ClusterEvent.MemberRemoved>(removed => Change(_members.Remove(removed.Member.Address)));
        Receive<ClusterEvent.IMemberEvent>(present => OnPresent(present.Member));
    }

    public static Props Props(string path) => Akka.Actor.Props.Create(() => new KnownMembersRecorder(new KnownMembers(path)));

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.ClusterShuttingDown));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void OnPresent(Member member)
    {
        if (member.UniqueAddress.Equals(_cluster.SelfUniqueAddress))
        {
            // The file of an earlier run is of use until this one has found its cluster.
            Change(!_isJoined && (_isJoined = member.Status == MemberStatus.Up));
        }
        else
        {
            Change(_members.Add(member.Address));
        }
    }

    private void Change(bool isChanged)
    {
        if (!isChanged || !_isJoined)
        {
            return;
        }

        try
        {
            _file.Write(_members);
        }
        catch (InputException exception)
        {
            _log.Warning("The members of the cluster could not be noted for the next start: {0}", exception.Message);
        }
    }
}
