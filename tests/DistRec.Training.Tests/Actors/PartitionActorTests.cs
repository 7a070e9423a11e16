using Akka.Actor;
using Akka.TestKit;
using DistRec.Training.Actors;
using DistRec.Training.Tests.Coordination;

namespace DistRec.Training.Tests.Actors;

public sealed class PartitionActorTests : ActorTest
{
    private static readonly JobSpec Spec = SmallJobs.Als();

    private readonly ScriptedWork _work = new();
    private readonly List<PartitionId> _made = [];
    private readonly TestProbe _coordinator;
    private readonly IActorRef _partition;
    private Exception? _refusal;

    public PartitionActorTests()
    {
        _coordinator = CreateTestProbe("coordinator");

        // Under the parent that it has in one process, whose supervision is that of a region's shards.
        IActorRef parent = Sys.ActorOf(PartitionParent.Props(new PartitionRegion(
            JobLayout.UserRegion, _ => PartitionActor.Props("j", SmallJobs.User(), Node, Make))));
        parent.Tell(new PartitionEnvelope("j", 0, 0, new Ping { Job = "j" }), _coordinator);
        _coordinator.ExpectMsg<PartitionStarted>().Incarnation.ShouldBe(101UL);
        _partition = _coordinator.LastSender;
    }

    [Fact]
    public async Task A_partition_works_outside_its_mailbox_and_reports_to_whoever_commanded()
    {
        ScriptedWork.Call load = await BeginAsync(SmallJobs.Load(Spec));
        _made.ShouldBe([SmallJobs.User()]);
        _partition.Tell(SmallJobs.Load(Spec), _coordinator);
        _coordinator.ExpectMsg<RoundProgress>().Round.ShouldBe(1, "the mailbox is free while work is under way");

        load.End(RoundSums.OfDescent(0.5, 3));
        RoundReport report = _coordinator.ExpectMsg<RoundReport>();
        (report.Round, report.Count, report.Incarnation, report.Endpoint).ShouldBe((1, 3L, 101UL, "http://here/"));
    }

    [Fact]
    public async Task A_coordinator_that_took_over_gets_the_reports()
    {
        await LoadAsync();
        TestProbe successor = CreateTestProbe();
        _partition.Tell(SmallJobs.Round(Spec, 2, RoundKind.Initialize), successor);
        (await _work.NextAsync()).End();
        successor.ExpectMsg<RoundReport>().Round.ShouldBe(2);
        _coordinator.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_partition_that_works_gives_signs_of_life_with_how_far_it_is()
    {
        await LoadAsync();
        ScriptedWork.Call solve = await BeginAsync(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers));
        foreach (double fraction in new[] { 0.25, 0.75 })
        {
            _work.Fraction = fraction;
            Advance(PartitionState.ProgressInterval);
            RoundProgress progress = _coordinator.ExpectMsg<RoundProgress>();
            (progress.Round, progress.Fraction).ShouldBe((2, fraction));
        }

        solve.End();
        _coordinator.ExpectMsg<RoundReport>();
        Advance(2 * PartitionState.ProgressInterval);
        _partition.Tell(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers), _coordinator);
        _coordinator.ExpectMsg<RoundReport>().Round.ShouldBe(2, "no sign of life came between");
    }

    [Fact]
    public async Task A_newer_command_cancels_the_work_and_its_late_result_is_reported_to_nobody()
    {
        await LoadAsync();
        ScriptedWork.Call solve = await BeginAsync(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers));
        _partition.Tell(SmallJobs.Round(Spec, 3, RoundKind.Revert), _coordinator);
        await CancelledAsync(solve);
        solve.End();
        (await _work.NextAsync()).End();
        _coordinator.ExpectMsg<RoundReport>().Round.ShouldBe(3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Work_that_fails_is_reported_and_the_partition_lives_on_with_a_new_incarnation(bool inTheMaking)
    {
        if (inTheMaking)
        {
            _partition.Tell(SmallJobs.Load(Spec), _coordinator);
            (await _work.NextAsync()).Ending.SetException(new InvalidOperationException("the disk is on fire"));
        }
        else
        {
            await LoadAsync();
            (await BeginAsync(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers))).Ending.SetException(new InvalidOperationException("the disk is on fire"));
        }

        RoundReport report = _coordinator.ExpectMsg<RoundReport>();
        report.RetryableError.ShouldBe("InvalidOperationException: the disk is on fire");
        report.Incarnation.ShouldNotBe(101UL);
        _partition.Tell(new Ping { Job = "j" }, _coordinator);
        _coordinator.ExpectMsg<PartitionStarted>().Incarnation.ShouldBe(report.Incarnation);
    }

    [Fact]
    public async Task A_partition_that_crashes_is_started_afresh_and_says_so_under_a_new_incarnation()
    {
        await LoadAsync();
        Blocks.Failure = new InvalidOperationException("the exchange is on fire");
        _partition.Tell(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers), _coordinator);
        _partition.Tell(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers), _coordinator);
        _coordinator.ExpectMsg<PartitionStarted>().Incarnation.ShouldBeGreaterThan(101UL);
        _coordinator.LastSender.ShouldBe(_partition, "the same actor goes on");
        await LoadAsync();
        _made.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_partition_worked_on_before_it_crashed_is_cancelled_and_what_it_came_to_is_ignored()
    {
        await LoadAsync();
        ScriptedWork.Call old = await BeginAsync(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers));
        Blocks.Failure = new InvalidOperationException("the exchange is on fire");
        _partition.Tell(SmallJobs.Round(Spec, 3, RoundKind.SolveItems), _coordinator);
        await CancelledAsync(old);

        ScriptedWork.Call load = await BeginAsync(SmallJobs.Load(Spec, round: 4));
        old.End(RoundSums.OfDescent(0.5, 3));
        _partition.Tell(SmallJobs.Load(Spec, round: 4), _coordinator);
        _coordinator.ExpectMsg<RoundProgress>().Round.ShouldBe(4, "its own work is under way");
        load.End();
        RoundReport report = _coordinator.ExpectMsg<RoundReport>();
        (report.Round, report.Count).ShouldBe((4, 0L));
    }

    [Fact]
    public async Task A_partition_whose_work_cannot_be_made_says_why_and_makes_it_when_it_can()
    {
        _refusal = new NotSupportedException("no such model");
        _partition.Tell(SmallJobs.Load(Spec), _coordinator);
        _coordinator.ExpectMsg<RoundReport>().RetryableError.ShouldBe("NotSupportedException: no such model");
        _refusal = null;
        await LoadAsync();
    }

    [Fact]
    public async Task A_job_that_is_over_cancels_the_work_frees_its_blocks_and_ends_the_partition()
    {
        Node.Enter("j"); // another partition of the job lives here
        await LoadAsync();
        ScriptedWork.Call solve = await BeginAsync(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers));
        Watch(_partition);
        _partition.Tell(new EndJob { Job = "j" }, _coordinator);
        await CancelledAsync(solve);
        _partition.Tell(SmallJobs.Round(Spec, 3, RoundKind.SolveUsers), _coordinator);
        _partition.Tell(new Ping { Job = "j" }, _coordinator);
        solve.End();
        ExpectTerminated(_partition);
        _coordinator.ExpectNoMsg(TimeSpan.Zero);
        Blocks.DroppedJobs.ShouldBeEmpty("the other one has not ended");
        Node.Leave("j");
        Blocks.DroppedJobs.ShouldBe(["j"]);
    }

    [Fact]
    public async Task A_partition_whose_shard_moves_stays_until_it_is_released_and_what_the_job_has_here_goes_with_the_last_one()
    {
        Node.Enter("j"); // another partition of the job lives here
        await LoadAsync();
        ScriptedWork.Call solve = await BeginAsync(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers));
        Watch(_partition);
        _partition.Tell(HandOff.Instance);
        _coordinator.ExpectMsg<PartitionLeaving>();
        Advance(PartitionState.LeaveInterval);
        PartitionLeaving leaving = _coordinator.FishForMessage<PartitionLeaving>(_ => true); // the coordinator may not have heard the first one
        (leaving.Job, leaving.Partition.Id).ShouldBe(("j", SmallJobs.User(0)));
        solve.End();
        _coordinator.FishForMessage<RoundReport>(_ => true).Round.ShouldBe(2);
        ExpectNoMsg(TimeSpan.Zero);
        _partition.Tell(new PartitionEnvelope("j", 0, 0, new PartitionReleased { Job = "j" }), _coordinator);
        ExpectTerminated(_partition);
        Blocks.DroppedJobs.ShouldBeEmpty("the other one may need what was published");
        Node.Leave("j");
        Blocks.DroppedJobs.ShouldBe(["j"]);
    }

    [Fact]
    public async Task A_partition_that_nobody_asks_for_ends_and_one_that_is_asked_lives_on()
    {
        await LoadAsync();
        Watch(_partition);
        for (int minutes = 0; minutes < 20; minutes += 5)
        {
            Advance(TimeSpan.FromMinutes(5));
            _partition.Tell(SmallJobs.Load(Spec), _coordinator);
            _coordinator.ExpectMsg<RoundReport>();
        }

        ExpectNoMsg(TimeSpan.Zero);
        Advance(TimeSpan.FromMinutes(10));
        ExpectTerminated(_partition);
    }

    [Fact]
    public async Task A_worker_visits_the_blocks_that_it_is_lent()
    {
        JobSpec spec = SmallJobs.Mf();
        (await BeginAsync(SmallJobs.Load(spec))).End();
        _coordinator.ExpectMsg<RoundReport>();
        _partition.Tell(SmallJobs.Round(spec, 2, RoundKind.Descend), _coordinator);
        _partition.Tell(new VisitBlock { Job = "j", Round = 2, Block = 3, Holder = -1 }, _coordinator);
        ScriptedWork.Call visit = await _work.NextAsync();
        visit.Visit.ShouldNotBeNull().Block.ShouldBe(3);
        visit.End(RoundSums.OfDescent(0.5, 3));
        BlockVisited visited = _coordinator.ExpectMsg<BlockVisited>();
        (visited.Block, visited.Count).ShouldBe((3, 3L));
    }

    private IPartitionWork Make(JobSpec spec, PartitionId partition, NodeResources node)
    {
        if (_refusal is { } refusal)
        {
            throw refusal;
        }

        _made.Add(partition);
        return _work;
    }

    private async Task LoadAsync()
    {
        (await BeginAsync(SmallJobs.Load(Spec))).End();
        _coordinator.ExpectMsg<RoundReport>().RetryableError.ShouldBe("");
    }

    private Task<ScriptedWork.Call> BeginAsync(RunRound command)
    {
        _partition.Tell(command, _coordinator);
        return _work.NextAsync();
    }

    private static async Task CancelledAsync(ScriptedWork.Call call)
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = call.Cancelled.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(Bound);
    }
}
