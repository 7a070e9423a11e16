using Akka.Actor;
using Akka.TestKit.Xunit2;
using DistRec.Evaluation.Bandits;
using DistRec.Serving.Actors;
using DistRec.Serving.Events;
using DistRec.Serving.Experiments;
using DistRec.Serving.Users;

namespace DistRec.Serving.Tests.Actors;

public sealed class ArmActorTests : TestKit
{
    // The kit would look again every three seconds only.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    private readonly ServingNode _node = new(1);
    private readonly UserPartition _partition = new(0);
    private readonly List<(IReadOnlyList<KeptArm> Drawn, TaskCompletionSource<KeptArm[]> Ended)> _commits = [];

    public ArmActorTests()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF, test.single-expect-default = 30s }") => _node.Enter(_partition);

    [Fact]
    public void Those_who_come_during_a_commit_share_the_next_one_and_all_hear_what_the_database_says()
    {
        IActorRef actor = Start();
        foreach (string user in new[] { "u", "v", "w" })
        {
            actor.Tell(new KeepArm(Drawn(user, 0)));
        }

        Commit(0).Drawn.Select(one => one.User).ShouldBe(["u"]);
        _partition.FindArm("e", "u").ShouldBeNull("it is not on the disk yet");
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Commit(0).Ended.SetResult([Drawn("u", 1)]);
        ExpectMsg<ArmKept>().Choice.ShouldBe(new ArmChoice(1, 0.5));
        _partition.FindArm("e", "u").ShouldBe(new ArmChoice(1, 0.5));

        Commit(1).Drawn.Select(one => one.User).ShouldBe(["v", "w"]);
        Commit(1).Ended.SetResult([.. Commit(1).Drawn]);
        ExpectMsg<ArmKept>().Choice.ShouldBe(new ArmChoice(0, 0.5));
        ExpectMsg<ArmKept>();
    }

    [Fact]
    public void Where_arms_cannot_be_kept_their_users_have_none_and_the_next_are_tried_again()
    {
        IActorRef actor = Start();
        actor.Tell(new KeepArm(Drawn("u", 0)));
        Commit(0).Ended.SetException(new EventLogException("the disk is full"));
        ExpectMsg<ArmKept>().Choice.ShouldBeNull();
        _partition.FindArm("e", "u").ShouldBeNull();

        actor.Tell(new KeepArm(Drawn("u", 0)));
        Commit(1).Ended.SetResult([Drawn("u", 0)]);
        ExpectMsg<ArmKept>().Choice.ShouldNotBeNull();
    }

    private static KeptArm Drawn(string user, int arm) => new("e", user, new ArmChoice(arm, 0.5));

    private IActorRef Start() => Sys.ActorOf(ArmActor.Props(_node, drawn =>
    {
        TaskCompletionSource<KeptArm[]> ended = new();
        lock (_commits)
        {
            _commits.Add((drawn, ended));
        }

        return ended.Task;
    }));

    private (IReadOnlyList<KeptArm> Drawn, TaskCompletionSource<KeptArm[]> Ended) Commit(int number)
    {
        AwaitCondition(() => Count() > number, TimeSpan.FromSeconds(30), LookAgain);
        lock (_commits)
        {
            return _commits[number];
        }
    }

    private int Count()
    {
        lock (_commits)
        {
            return _commits.Count;
        }
    }
}
