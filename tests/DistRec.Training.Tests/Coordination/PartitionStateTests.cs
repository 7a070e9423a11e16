using DistRec.Numerics.Linear;

namespace DistRec.Training.Tests.Coordination;

public sealed class PartitionStateTests
{
    private static readonly JobSpec Spec = SmallJobs.Als();
    private static readonly RunRound Load = SmallJobs.Load(Spec);

    private readonly PartitionState _state;
    private ulong _incarnations = 100;

    public PartitionStateTests() => _state = new PartitionState("j", SmallJobs.User(3), "http://here/", () => ++_incarnations);

    [Fact]
    public void A_partition_that_knows_nothing_says_so_when_it_is_asked_for_anything_but_to_load()
    {
        PartitionStarted started = new() { Job = "j", Partition = PartitionName.Of(SmallJobs.User(3)), Incarnation = 101 };
        _state.Handle(SmallJobs.Round(Spec, 5, RoundKind.SolveUsers)).ShouldBe([new PartitionEffect.Reply(started)]);
        _state.Handle(new Ping { Job = "j" }).ShouldBe([new PartitionEffect.Reply(started)]);
        _state.Handle(new VisitBlock { Job = "j", Round = 5 }).ShouldBeEmpty();
    }

    [Fact]
    public void A_partition_loads_and_reports_where_it_lives_and_which_incarnation_it_is()
    {
        IReadOnlyList<PartitionEffect> effects = _state.Handle(Load);
        PartitionEffect.StartRound work = effects.OfType<PartitionEffect.StartRound>().Single();
        effects.ShouldBe(
        [
            new PartitionEffect.Follow(), new PartitionEffect.Drop("j", 0), new PartitionEffect.Create(Spec), work,
            new PartitionEffect.Remind(PartitionState.ProgressInterval, new ProgressDue(work.Work)),
        ]);
        work.Command.ShouldBe(Load);

        RoundReport report = ReportOf(_state.Handle(new WorkEnded(work.Work, WorkOutcome.Done)));
        (report.Job, report.Round, report.Partition.Id, report.Incarnation, report.Endpoint).ShouldBe(("j", 1, SmallJobs.User(3), 101UL, "http://here/"));
        _state.Handle(new Ping { Job = "j" }).ShouldBeEmpty("who knows the job keeps silent");
    }

    [Fact]
    public void What_a_round_came_to_is_reported_as_it_was_summed()
    {
        Done(Load);
        RoundSums sums = new(default(ErrorSums).Add(0.25, 0.5, 1), default, SingularRows: 3, Diverged: true) { ReceivedBytes = 7, NeededBytes = 5 };
        long work = StartOf(_state.Handle(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers)));
        RoundReport report = ReportOf(_state.Handle(new WorkEnded(work, WorkOutcome.Done, sums)));
        default(RoundSums).Add(report).ShouldBe(sums);
    }

    [Fact]
    public void A_repeated_command_is_answered_by_the_finished_report_and_by_a_sign_of_life_until_then()
    {
        long work = StartOf(_state.Handle(Load));
        _state.Handle(Load).ShouldBe([Progress(1)]);
        RoundReport report = ReportOf(_state.Handle(new WorkEnded(work, WorkOutcome.Done)));
        _state.Handle(Load).ShouldBe([new PartitionEffect.Reply(report)]);
    }

    [Fact]
    public void An_older_round_is_dropped_and_so_is_what_another_job_says()
    {
        Done(Load);
        Done(SmallJobs.Round(Spec, 5, RoundKind.Initialize));
        _state.Handle(SmallJobs.Round(Spec, 4, RoundKind.SolveUsers)).ShouldBeEmpty();
        JobSpec other = SmallJobs.Als(job: "k");
        _state.Handle(SmallJobs.Load(other, round: 9)).ShouldBeEmpty();
        _state.Handle(new Ping { Job = "k" }).ShouldBeEmpty();
        _state.Handle(new EndJob { Job = "k" }).ShouldBeEmpty();
    }

    [Fact]
    public void A_newer_round_ends_what_is_under_way_and_begins_when_that_has_ended()
    {
        Done(Load);
        long old = StartOf(_state.Handle(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers)));
        RunRound newer = SmallJobs.Round(Spec, 3, RoundKind.Revert);

        IReadOnlyList<PartitionEffect> effects = _state.Handle(newer);
        effects.ShouldContain(new PartitionEffect.CancelWork());
        effects.ShouldNotContain(effect => effect is PartitionEffect.StartRound, "the tables belong to the work");
        _state.Handle(SmallJobs.Round(Spec, 4, RoundKind.Publish)).ShouldContain(new PartitionEffect.CancelWork());

        effects = _state.Handle(new WorkEnded(old, WorkOutcome.Done));
        effects.ShouldNotContain(effect => effect is PartitionEffect.Report, "nobody waits for the older round any more");
        effects.OfType<PartitionEffect.StartRound>().Single().Command.Round.ShouldBe(4);
    }

    [Fact]
    public void What_other_work_than_the_running_one_came_to_is_ignored()
    {
        long work = StartOf(_state.Handle(Load));
        _state.Handle(new WorkEnded(work - 1, WorkOutcome.Done)).ShouldBeEmpty();
        _state.Handle(new WorkEnded(work, WorkOutcome.Done)).ShouldNotBeEmpty();
        _state.Handle(new WorkEnded(work, WorkOutcome.Done)).ShouldBeEmpty("it is over");
    }

    [Fact]
    public void Work_of_two_starts_of_a_partition_is_never_called_alike()
    {
        PartitionState restarted = new("j", SmallJobs.User(3), "http://here/", () => ++_incarnations);
        StartOf(restarted.Handle(Load)).ShouldNotBe(StartOf(_state.Handle(Load)));
    }

    [Fact]
    public void A_failure_that_would_repeat_itself_is_reported_as_such_and_costs_no_state()
    {
        Done(Load);
        long work = StartOf(_state.Handle(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers)));
        IReadOnlyList<PartitionEffect> effects = _state.Handle(new WorkEnded(work, WorkOutcome.Fatal, Error: "not a number"));
        ReportOf(effects).FatalError.ShouldBe("not a number");
        effects.ShouldNotContain(new PartitionEffect.Clear());
        _state.Handle(new Ping { Job = "j" }).ShouldBeEmpty();
    }

    [Fact]
    public void A_partition_that_failed_reports_a_new_incarnation_and_knows_nothing_any_more()
    {
        Done(Load);
        long work = StartOf(_state.Handle(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers)));
        IReadOnlyList<PartitionEffect> effects = _state.Handle(new WorkEnded(work, WorkOutcome.Failed, Error: "the disk is on fire"));
        effects.ShouldContain(new PartitionEffect.Clear());
        RoundReport report = ReportOf(effects);
        (report.RetryableError, report.Incarnation > 102).ShouldBe(("the disk is on fire", true));

        _state.Handle(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers)).Single().ShouldBeOfType<PartitionEffect.Reply>()
            .Message.ShouldBeOfType<PartitionStarted>().Incarnation.ShouldBe(report.Incarnation);
        _state.Handle(SmallJobs.Load(Spec, round: 3)).ShouldContain(new PartitionEffect.Create(Spec));
    }

    [Fact]
    public void Work_that_was_overtaken_is_done_again_when_it_is_commanded_again_and_fails_the_fifth_time()
    {
        Done(Load);
        RunRound solve = SmallJobs.Round(Spec, 2, RoundKind.SolveUsers);
        for (int overtaken = 1; overtaken < 5; overtaken++)
        {
            long work = StartOf(_state.Handle(solve));
            _state.Handle(new WorkEnded(work, WorkOutcome.Overtaken)).ShouldBeEmpty("a newer command is on its way");
        }

        IReadOnlyList<PartitionEffect> effects = _state.Handle(new WorkEnded(StartOf(_state.Handle(solve)), WorkOutcome.Overtaken));
        ReportOf(effects).RetryableError.ShouldBe("the blocks that the round needs were dropped, and no newer round came");
    }

    [Fact]
    public void A_load_of_another_layout_begins_a_new_incarnation_once_the_work_has_ended()
    {
        Done(Load);
        long work = StartOf(_state.Handle(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers)));
        RunRound other = SmallJobs.Load(SmallJobs.Als(partitions: 4));

        IReadOnlyList<PartitionEffect> effects = _state.Handle(other);
        effects.ShouldContain(new PartitionEffect.CancelWork());
        effects.ShouldNotContain(new PartitionEffect.Clear(), "the work still writes into the tables");
        effects = _state.Handle(new WorkEnded(work, WorkOutcome.Overtaken));
        effects.ShouldContain(new PartitionEffect.Clear());
        long load = StartOf(effects);
        ReportOf(_state.Handle(new WorkEnded(load, WorkOutcome.Done))).Incarnation.ShouldNotBe(101UL);
    }

    [Fact]
    public void A_partition_that_is_loaded_reports_a_later_load_at_once()
    {
        Done(Load);
        IReadOnlyList<PartitionEffect> effects = _state.Handle(SmallJobs.Load(Spec, round: 2));
        ReportOf(effects).Round.ShouldBe(2);
        effects.ShouldNotContain(effect => effect is PartitionEffect.StartRound || effect is PartitionEffect.Create);
    }

    [Fact]
    public void Signs_of_life_come_as_long_as_the_work_that_they_belong_to()
    {
        long load = StartOf(_state.Handle(Load));
        ProgressDue due = new(load);
        _state.Handle(due).ShouldBe([Progress(1), new PartitionEffect.Remind(PartitionState.ProgressInterval, due)]);
        _state.Handle(new WorkEnded(load, WorkOutcome.Done));
        _state.Handle(due).ShouldBeEmpty();
        StartOf(_state.Handle(SmallJobs.Round(Spec, 2, RoundKind.Initialize)));
        _state.Handle(due).ShouldBeEmpty();
    }

    [Fact]
    public void Whatever_a_partition_says_tells_how_much_it_has_heard()
    {
        _state.Handle(new Ping { Job = "j", Sending = 3 }).OfType<PartitionEffect.Reply>().Single().Message
            .ShouldBeOfType<PartitionStarted>().Heard.ShouldBe(3);
        long work = StartOf(_state.Handle(new RunRound(Load) { Sending = 4 }));
        _state.Handle(new RunRound(Load) { Sending = 6 }).OfType<PartitionEffect.ReportProgress>().Single().Message.Heard.ShouldBe(6);
        ReportOf(_state.Handle(new WorkEnded(work, WorkOutcome.Done))).Heard.ShouldBe(6);
        _state.Handle(new Ping { Job = "j", Sending = 7 }).ShouldBeEmpty();
        _state.Handle(new RunRound(Load) { Sending = 5 }).OfType<PartitionEffect.Reply>().Single().Message
            .ShouldBeOfType<RoundReport>().Heard.ShouldBe(7, "an older one came late");
    }

    [Fact]
    public void A_job_that_is_over_stops_the_partition()
    {
        Done(Load);
        _state.Handle(new EndJob { Job = "j" }).ShouldBe([new PartitionEffect.Stop()]);
        _state.Handle(new EndJob { Job = "j" }).ShouldBeEmpty();
        _state.Handle(Load).ShouldBeEmpty();
    }

    [Fact]
    public void A_partition_whose_job_is_over_waits_for_its_work()
    {
        Done(Load);
        long work = StartOf(_state.Handle(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers)));
        _state.Handle(new EndJob { Job = "j" }).ShouldBe([new PartitionEffect.CancelWork()]);
        _state.Handle(new WorkEnded(work, WorkOutcome.Overtaken)).ShouldBe([new PartitionEffect.Stop()]);
    }

    [Fact]
    public void A_partition_that_nobody_has_asked_for_long_goes_as_if_its_job_were_over()
    {
        Done(Load);
        _state.Handle(Abandoned.Instance).ShouldBe([new PartitionEffect.Stop()]);
    }

    [Fact]
    public void A_partition_that_is_to_move_says_so_and_takes_part_until_it_is_released()
    {
        Done(Load);
        PartitionLeaving leaving = new() { Job = "j", Partition = PartitionName.Of(SmallJobs.User(3)), Incarnation = 101 };
        PartitionEffect[] told = [new PartitionEffect.Report(leaving), new PartitionEffect.Remind(PartitionState.LeaveInterval, LeaveDue.Instance)];
        _state.Handle(HandOff.Instance).ShouldBe(told);
        _state.Handle(HandOff.Instance).ShouldBeEmpty();
        Done(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers));
        _state.Handle(LeaveDue.Instance).ShouldBe(told);
        _state.Handle(new PartitionReleased { Job = "another" }).ShouldBeEmpty();
        _state.Handle(new PartitionReleased { Job = "j" }).ShouldBe([new PartitionEffect.Stop()]);
        _state.Handle(LeaveDue.Instance).ShouldBeEmpty();
        _state.Handle(HandOff.Instance).ShouldBeEmpty();
    }

    [Fact]
    public void A_partition_that_is_released_waits_for_its_work()
    {
        Done(Load);
        long work = StartOf(_state.Handle(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers)));
        _state.Handle(HandOff.Instance);
        _state.Handle(new PartitionReleased { Job = "j" }).ShouldBe([new PartitionEffect.CancelWork()]);
        _state.Handle(Load).ShouldBeEmpty();
        _state.Handle(new WorkEnded(work, WorkOutcome.Done)).ShouldBe([new PartitionEffect.Stop()]);
    }

    [Fact]
    public void A_partition_that_is_to_move_goes_by_itself_when_its_coordinator_is_silent()
    {
        Done(Load);
        _state.Handle(HandOff.Instance);
        for (int said = 0; said < 10; said++)
        {
            _state.Handle(LeaveDue.Instance).Count.ShouldBe(2);
            _state.Handle(new Ping { Job = "j" }).ShouldBeEmpty();
        }

        _state.Handle(LeaveDue.Instance).Count.ShouldBe(2);
        _state.Handle(LeaveDue.Instance).Count.ShouldBe(2);
        _state.Handle(LeaveDue.Instance).Count.ShouldBe(2);
        _state.Handle(LeaveDue.Instance).Count.ShouldBe(2);
        _state.Handle(LeaveDue.Instance).ShouldBe([new PartitionEffect.Stop()]);
    }

    [Fact]
    public void A_partition_that_knows_nothing_moves_at_once() => _state.Handle(HandOff.Instance).ShouldBe([new PartitionEffect.Stop()]);

    [Fact]
    public void A_partition_that_loses_its_state_while_it_is_to_move_has_nothing_to_wait_for()
    {
        Done(Load);
        _state.Handle(HandOff.Instance);
        long work = StartOf(_state.Handle(SmallJobs.Round(Spec, 2, RoundKind.SolveUsers)));
        _state.Handle(new WorkEnded(work, WorkOutcome.Failed, Error: "no memory"));
        _state.Handle(LeaveDue.Instance).ShouldBe([new PartitionEffect.Stop()]);
    }

    private static PartitionEffect.ReportProgress Progress(long round) =>
        new(new RoundProgress { Job = "j", Round = round, Partition = PartitionName.Of(SmallJobs.User(3)), Incarnation = 101 });

    private void Done(RunRound command)
    {
        long work = StartOf(_state.Handle(command));
        ReportOf(_state.Handle(new WorkEnded(work, WorkOutcome.Done))).Round.ShouldBe(command.Round);
    }

    private static long StartOf(IReadOnlyList<PartitionEffect> effects) => effects.OfType<PartitionEffect.StartRound>().Single().Work;

    private static RoundReport ReportOf(IReadOnlyList<PartitionEffect> effects) =>
        (RoundReport)effects.OfType<PartitionEffect.Report>().Single().Message;
}
