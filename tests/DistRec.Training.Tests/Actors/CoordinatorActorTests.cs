using Akka.Actor;
using Akka.TestKit;
using DistRec.Training.Actors;
using DistRec.Training.Journal;
using DistRec.Training.Tests.Coordination;
using DistRec.Training.Tests.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Training.Tests.Actors;

public sealed class CoordinatorActorTests : ActorTest
{
    // The kit would look again every three seconds only.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    private readonly TaskCompletionSource<StateChanged> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_job_runs_from_load_to_its_end_which_comes_when_the_model_is_taken()
    {
        TaskCompletionSource taken = new();
        ScriptedKeeper keeper = new() { Take = (_, _) => taken.Task };
        Start(SmallJobs.Als(epochs: 1), keeper);
        foreach (RoundKind kind in new[] { RoundKind.Load, RoundKind.Initialize, RoundKind.SolveUsers, RoundKind.SolveItems, RoundKind.PublishBest })
        {
            Answer(kind);
        }

        Advance(TimeSpan.FromMinutes(10));
        _ended.Task.IsCompleted.ShouldBeFalse();
        taken.SetResult();
        ExpectSent<EndJob>(Users);
        ExpectSent<EndJob>(Items);
        (await EndAsync()).ShouldBe(new StateChanged { State = JobState.Completed, Reason = "1 epoch done", BestEpoch = 1 });
        keeper.Written.Last().State.ShouldBe(await _ended.Task, "the end is written before it is told");
    }

    [Fact]
    public void The_shards_of_a_job_that_descends_are_commanded_in_a_region_of_their_own()
    {
        Start(SmallJobs.Mf(partitions: 1, blocks: 2), new ScriptedKeeper());
        ExpectSent<RunRound>(Parameters).Kind.ShouldBe(RoundKind.Load);
        ExpectSent<RunRound>(Users).Kind.ShouldBe(RoundKind.Load);
        Items.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Data_that_cannot_be_prepared_fails_the_job_with_the_reason()
    {
        Start(SmallJobs.Als(), new ScriptedKeeper { Prepare = _ => throw new InvalidDataException("the ratings are damaged") });
        (await Should.ThrowAsync<InvalidDataException>(EndAsync)).Message.ShouldBe("the ratings are damaged");

        // Nobody may wait for the job's blocks any more.
        Blocks.DroppedJobs.Distinct().ShouldBe(["j", "j/data"]);
    }

    [Fact]
    public async Task A_coordinator_that_was_superseded_stops_and_does_not_fail()
    {
        Start(SmallJobs.Als(), new ScriptedKeeper { Write = (_, _) => throw new SupersededException("here", 1, 2) });
        (await Should.ThrowAsync<InvalidOperationException>(EndAsync)).Message.ShouldBe("the job's coordinator stopped before the job had ended");
        Blocks.DroppedJobs.Distinct().ShouldBe(["j", "j/data"]);
    }

    [Fact]
    public async Task What_comes_while_the_data_is_prepared_waits_and_is_not_lost()
    {
        TaskCompletionSource<JobStart> prepared = new();
        IActorRef job = Start(SmallJobs.Als(), new ScriptedKeeper { Prepare = _ => prepared.Task });
        job.Tell(new CancelJob { Job = "j" });
        Advance(TimeSpan.FromMinutes(10));
        Users.ExpectNoMsg(TimeSpan.Zero);
        prepared.SetResult(new JobStart());
        (await EndAsync()).State.ShouldBe(JobState.Cancelled);
    }

    [Fact]
    public async Task A_job_that_is_stopped_while_its_data_is_prepared_gives_the_preparation_up()
    {
        TaskCompletionSource<CancellationToken> preparing = new();
        IActorRef job = Start(SmallJobs.Als(), new ScriptedKeeper
        {
            Prepare = token =>
            {
                preparing.SetResult(token);
                return new TaskCompletionSource<JobStart>().Task.WaitAsync(token);
            },
        });
        CancellationToken stopped = await preparing.Task.WaitAsync(Bound);
        Watch(job);
        Sys.Stop(job);
        ExpectTerminated(job);
        stopped.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task An_event_that_cannot_be_kept_fails_the_job_with_the_reason()
    {
        Start(SmallJobs.Als(), new ScriptedKeeper { Write = (_, _) => throw new InvalidDataException("the curve is damaged") });
        (await Should.ThrowAsync<InvalidDataException>(EndAsync)).Message.ShouldBe("the curve is damaged");
    }

    /// <summary>One write that the database refused was the end of the job's driver, and the job hung.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_database_that_refuses_for_a_while_holds_the_job_up_and_does_not_end_it(int refusals)
    {
        ScriptedJournal journal = new();
        journal.Add(SmallJobs.Als());
        journal.Fail([.. Enumerable.Range(0, refusals).Select(_ => new JobJournalException("the server is gone"))]);
        PatientJournal patient = new(journal, NullLogger.Instance, Time);
        Start(SmallJobs.Als(epochs: 1), new ScriptedKeeper { Write = (jobEvent, token) => patient.AppendAsync("j", jobEvent, token) });
        foreach (RoundKind kind in new[] { RoundKind.Load, RoundKind.Initialize, RoundKind.SolveUsers, RoundKind.SolveItems, RoundKind.PublishBest })
        {
            Answer(kind);
        }

        (await EndAsync()).State.ShouldBe(JobState.Completed);
        journal.Appended.Select(appended => appended.Event.Sequence).ShouldBe(Enumerable.Range(1, journal.Appended.Count).Select(sequence => (long)sequence));
        Time.Waits.Count.ShouldBe(refusals);
    }

    [Fact]
    public async Task A_partition_out_of_reach_ends_the_job_by_name_and_does_not_hang_it()
    {
        Start(SmallJobs.Als(), new ScriptedKeeper());
        IActorRef coordinator = Answer(RoundKind.Load, user: false);
        for (int commands = 0; commands < 30; commands++)
        {
            Advance(CoordinatorState.ResendInterval);
            ExpectSent<RunRound>(Users).Kind.ShouldBe(RoundKind.Load);
        }

        _ended.Task.IsCompleted.ShouldBeFalse();
        Watch(coordinator);
        Advance(CoordinatorState.ResendInterval);
        (await EndAsync()).ShouldBe(new StateChanged { State = JobState.Failed, Reason = "user-factors/0: it has not answered for 60 seconds" });
        ExpectSent<EndJob>(Items);
        ExpectTerminated(coordinator);
    }

    [Fact]
    public void A_partition_that_was_started_afresh_loads_again_and_what_it_did_before_does_not_count()
    {
        Start(SmallJobs.Als(), new ScriptedKeeper());
        Answer(RoundKind.Load);
        IActorRef coordinator = Answer(RoundKind.Initialize);
        RunRound solve = ExpectSent<RunRound>(Users);

        Advance(CoordinatorState.PingInterval);
        ExpectSent<Ping>(Users);
        coordinator.Tell(new PartitionStarted { Job = "j", Partition = PartitionName.Of(SmallJobs.User()), Incarnation = 8 });
        RunRound load = ExpectSent<RunRound>(Users);
        (load.Kind, load.Round).ShouldBe((RoundKind.Load, solve.Round + 1));

        coordinator.Tell(Report(solve, SmallJobs.User()));
        coordinator.Tell(Report(load, SmallJobs.User(), incarnation: 8));
        RunRound repair = ExpectSent<RunRound>(Users);
        (repair.Kind, repair.Round).ShouldBe((RoundKind.Initialize, load.Round + 1));
        coordinator.Tell(Report(repair, SmallJobs.User(), incarnation: 7));
        coordinator.Tell(Report(repair, SmallJobs.User(), incarnation: 8));
        ExpectSent<RunRound>(Users).Kind.ShouldBe(RoundKind.SolveUsers);
    }

    [Fact]
    public async Task A_job_cancelled_while_a_round_runs_does_not_wait_for_it()
    {
        IActorRef job = Start(SmallJobs.Als(), new ScriptedKeeper());
        Answer(RoundKind.Load);
        Answer(RoundKind.Initialize);
        ExpectSent<RunRound>(Users).Kind.ShouldBe(RoundKind.SolveUsers);
        job.Tell(new CancelJob { Job = "j" });
        ExpectSent<EndJob>(Users);
        ExpectSent<EndJob>(Items);
        (await EndAsync()).ShouldBe(new StateChanged { State = JobState.Cancelled, Reason = "cancelled before the first epoch was done" });
    }

    [Fact]
    public async Task Whoever_watches_is_answered_by_news_by_the_end_or_when_the_wait_is_over()
    {
        IActorRef job = Start(SmallJobs.Als(), new ScriptedKeeper());
        IActorRef coordinator = Answer(RoundKind.Load, user: false);
        coordinator.Tell(new WatchJob { Job = "j", WaitMilliseconds = 1000 }, TestActor);
        JobEvent known = ExpectMsg<JobEvents>().Events.Single();
        known.State.State.ShouldBe(JobState.Loading);

        TestProbe[] watchers = [.. Enumerable.Range(0, 5).Select(_ => CreateTestProbe())];
        Array.ForEach(watchers, watcher => coordinator.Tell(new WatchJob { Job = "j", After = known.Sequence, WaitMilliseconds = 1000 }, watcher));
        coordinator.Tell(new WatchJob { Job = "j" }, TestActor);
        ExpectMsg<JobEvents>().Events.Count.ShouldBe(1, "whoever knows nothing is answered at once, and the others watch by now");
        Advance(CoordinatorState.PingInterval);
        ExpectSent<Ping>(Items);
        Array.ForEach(watchers, watcher => watcher.ExpectNoMsg(TimeSpan.Zero));
        Advance(CoordinatorState.PingInterval);
        Array.ForEach(watchers, watcher => watcher.ExpectMsg<JobEvents>().ShouldBe(new JobEvents()));

        coordinator.Tell(new WatchJob { Job = "j", After = known.Sequence, WaitMilliseconds = 1_000_000 }, TestActor);
        job.Tell(new CancelJob { Job = "j" });
        ExpectMsg<JobEvents>().Events.Single().State.State.ShouldBe(JobState.Cancelled);
        await EndAsync();
    }

    [Fact]
    public async Task Tables_of_a_partition_that_moved_meanwhile_are_taken_anew_and_the_first_attempt_is_given_up()
    {
        System.Collections.Concurrent.ConcurrentQueue<CancellationToken> attempts = new();
        TaskCompletionSource taken = new();
        Start(SmallJobs.Als(epochs: 1), new ScriptedKeeper
        {
            Take = (_, token) =>
            {
                attempts.Enqueue(token);
                return taken.Task.WaitAsync(token);
            },
        });
        foreach (RoundKind kind in new[] { RoundKind.Load, RoundKind.Initialize, RoundKind.SolveUsers, RoundKind.SolveItems })
        {
            Answer(kind);
        }

        IActorRef coordinator = Answer(RoundKind.PublishBest);
        AwaitCondition(() => attempts.Count == 1, Bound, LookAgain);
        coordinator.Tell(new PartitionStarted { Job = "j", Partition = PartitionName.Of(SmallJobs.User()), Incarnation = 8 });
        RoundReport moved = Report(ExpectSent<RunRound>(Users), SmallJobs.User(), incarnation: 8);
        moved.Endpoint = "http://elsewhere/";
        coordinator.Tell(moved);
        AwaitCondition(() => attempts.Count == 2, Bound, LookAgain);
        attempts.First().IsCancellationRequested.ShouldBeTrue();

        RunRound repair = ExpectSent<RunRound>(Users);
        while (repair.Kind != RoundKind.PublishBest)
        {
            coordinator.Tell(Report(repair, SmallJobs.User(), incarnation: 8));
            repair = ExpectSent<RunRound>(Users);
        }

        coordinator.Tell(Report(repair, SmallJobs.User(), incarnation: 8));
        coordinator.Tell(Report(repair, SmallJobs.Item()));
        taken.SetResult();
        (await EndAsync()).State.ShouldBe(JobState.Completed);
    }

    [Fact]
    public void A_partition_that_is_leaving_is_spoken_to_where_it_is_and_its_successor_through_the_region()
    {
        JobSpec spec = SmallJobs.Als();
        spec.Snapshots = true;
        Start(spec, new ScriptedKeeper());
        Answer(RoundKind.Load);
        IActorRef coordinator = Answer(RoundKind.Initialize);
        RunRound solve = ExpectSent<RunRound>(Users);
        TestProbe leaver = CreateTestProbe();
        coordinator.Tell(new PartitionLeaving { Job = "j", Partition = PartitionName.Of(SmallJobs.User()), Incarnation = 7 }, leaver);
        leaver.ExpectMsg<PartitionEnvelope>().Message.ShouldBeOfType<RunRound>().Round.ShouldBe(solve.Round);
        coordinator.Tell(Report(solve, SmallJobs.User()));
        Answer(RoundKind.SolveItems, user: false);
        RunRound store = leaver.ExpectMsg<PartitionEnvelope>().Message.ShouldBeOfType<RunRound>();
        store.Kind.ShouldBe(RoundKind.Snapshot);
        coordinator.Tell(Report(store, SmallJobs.User()));
        leaver.ExpectMsg<PartitionEnvelope>().Message.ShouldBe(new PartitionReleased { Job = "j" });
        ExpectSent<RunRound>(Users).Kind.ShouldBe(RoundKind.Load);
    }

    [Fact]
    public async Task Tables_that_cannot_be_kept_fail_the_job_with_the_reason()
    {
        Start(SmallJobs.Als(epochs: 1), new ScriptedKeeper { Take = (_, _) => throw new IOException("the disk is full") });
        foreach (RoundKind kind in new[] { RoundKind.Load, RoundKind.Initialize, RoundKind.SolveUsers, RoundKind.SolveItems, RoundKind.PublishBest })
        {
            Answer(kind);
        }

        StateChanged end = await EndAsync();
        (end.State, end.Reason).ShouldBe((JobState.Failed, "the tables could not be kept: the disk is full"));
    }

    [Fact]
    public void Partitions_that_have_loaded_are_asked_twice_a_second_whether_they_still_know_the_job()
    {
        Start(SmallJobs.Als(), new ScriptedKeeper());
        Answer(RoundKind.Load);
        ExpectSent<RunRound>(Users);
        for (int pings = 0; pings < 3; pings++)
        {
            Advance(CoordinatorState.PingInterval);
            ExpectSent<Ping>(Users).Job.ShouldBe("j");
        }
    }

    private IActorRef Start(JobSpec spec, IJobKeeper keeper) => Sys.ActorOf(LocalJobActor.Props(
        CoordinatorActor.Props(spec, keeper, Regions, Node, NullLogger.Instance, Time), _ended));

    private Task<StateChanged> EndAsync() => _ended.Task.WaitAsync(Bound);

    // Both partitions do their part of a round; returns the coordinator.
    private IActorRef Answer(RoundKind kind, bool user = true)
    {
        IActorRef coordinator = ActorRefs.Nobody;
        if (kind != RoundKind.SolveItems)
        {
            AnswerOf(Users, SmallJobs.User(), user);
        }

        if (kind != RoundKind.SolveUsers)
        {
            AnswerOf(Items, SmallJobs.Item(), answers: true);
        }

        return coordinator;

        void AnswerOf(TestProbe region, PartitionId who, bool answers)
        {
            RunRound command = ExpectSent<RunRound>(region);
            command.Kind.ShouldBe(kind);
            coordinator = region.LastSender;
            if (answers)
            {
                coordinator.Tell(Report(command, who));
            }
        }
    }
}
