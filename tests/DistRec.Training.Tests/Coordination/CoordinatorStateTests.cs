namespace DistRec.Training.Tests.Coordination;

public sealed class CoordinatorStateTests
{
    private static readonly PartitionId User = SmallJobs.User();
    private static readonly PartitionId Item = SmallJobs.Item();

    [Fact]
    public void A_job_begins_with_both_reminders_and_a_load_that_carries_the_specification()
    {
        JobSpec spec = SmallJobs.Als(partitions: 2);
        PlayedCoordinator job = new(spec);

        job.Last.OfType<CoordinatorEffect.Remind>().Select(remind => (remind.Message, remind.Due)).ShouldBe(
            [(Resend.Instance, CoordinatorState.ResendInterval), (PingDue.Tick, CoordinatorState.PingInterval)]);
        job.Sent.Select(send => send.To).ShouldBe([SmallJobs.User(0), SmallJobs.Item(0), SmallJobs.User(1), SmallJobs.Item(1)]);
        job.Command.Kind.ShouldBe(RoundKind.Load);
        job.Command.Spec.ShouldBe(spec);
        job.Command.Layout.ShouldBe(JobSpecs.LayoutOf(spec));
        job.Command.Endpoints.Users.ShouldBe([-1, -1], "nobody has been heard of");
    }

    /// <summary>A partition used to be one bit of a word of 64.</summary>
    [Fact]
    public void A_job_of_a_hundred_partitions_a_side_waits_for_every_one_of_them()
    {
        PlayedCoordinator job = new(SmallJobs.Als(partitions: 100));
        job.Sent.Select(send => send.To).Distinct().Count().ShouldBe(200);
        foreach (PartitionId who in job.Sent.Select(send => send.To).Where(who => who != SmallJobs.User(99)).ToArray())
        {
            job.Tell(job.ReportOf(who));
        }

        job.Command.Kind.ShouldBe(RoundKind.Load);
        job.Tell(job.ReportOf(SmallJobs.User(99)));
        job.Command.Kind.ShouldBe(RoundKind.Initialize);
        job.Command.Endpoints.Users[99].ShouldBe(job.Command.Endpoints.Nodes.IndexOf(PlayedCoordinator.EndpointOf(SmallJobs.User(99))));
    }

    [Fact]
    public void A_job_runs_from_load_to_the_model_and_ends_only_when_the_model_is_taken_and_its_end_is_written()
    {
        PlayedCoordinator job = new(SmallJobs.Als(epochs: 1));
        job.RunTo(RoundKind.PublishBest, epoch: 1);
        job.ReportAll();
        TablesPublished model = job.Last.OfType<CoordinatorEffect.Take>().Single().Tables;
        model.Purpose.ShouldBe(TablesPurpose.Model);
        job.End.ShouldBeNull();

        job.Tell(new TablesTaken(model.Version));
        job.End.ShouldNotBeNull().State.ShouldBe(JobState.Completed);
        job.Sent.ShouldAllBe(send => send.Message is EndJob);
        job.Sent.Select(send => send.To).ShouldBe([User, Item]);
        job.Last.ShouldContain(new CoordinatorEffect.Drop(long.MaxValue));
        job.Events.Select(jobEvent => jobEvent.Sequence).ShouldBe(Enumerable.Range(1, job.Events.Count).Select(sequence => (long)sequence));
    }

    [Fact]
    public void Events_are_written_one_after_the_other_and_the_end_comes_after_the_last()
    {
        PlayedCoordinator job = new(SmallJobs.Als(), writes: false);
        job.Events.Count.ShouldBe(1);
        job.Tell(new CancelJob { Job = "j" });
        job.Events.Count.ShouldBe(1, "the one before is still being written");
        job.End.ShouldBeNull();

        job.Tell(new EventWritten(job.Events[0]));
        job.Events.Count.ShouldBe(2);
        job.End.ShouldBeNull();
        job.Tell(new EventWritten(job.Events[1]));
        job.End.ShouldNotBeNull().State.ShouldBe(JobState.Cancelled);
    }

    [Fact]
    public void Tables_are_taken_only_when_the_event_that_tells_of_them_is_written()
    {
        PlayedCoordinator job = new(SmallJobs.Als(epochs: 1), writes: false);
        for (int rounds = 0; job.Command.Kind != RoundKind.PublishBest; rounds++)
        {
            rounds.ShouldBeLessThan(10);
            job.ReportAll();
        }

        job.ReportAll();
        int written = 0;
        while (job.Events[written].Tables is null)
        {
            job.Last.ShouldNotContain(effect => effect is CoordinatorEffect.Take);
            job.Tell(new EventWritten(job.Events[written++]));
        }

        job.Tell(new EventWritten(job.Events[written])).ShouldContain(effect => effect is CoordinatorEffect.Take);
    }

    [Fact]
    public void A_report_counts_once_and_one_of_another_round_or_job_not_at_all()
    {
        PlayedCoordinator job = new(SmallJobs.Als());
        RoundReport load = job.ReportOf(User);
        job.ReportAll();
        job.Command.Kind.ShouldBe(RoundKind.Initialize);

        job.Tell(load);
        RoundReport other = job.ReportOf(User);
        other.Job = "k";
        job.Tell(other);
        job.Tell(job.ReportOf(User));
        job.Tell(job.ReportOf(User));
        job.Command.Kind.ShouldBe(RoundKind.Initialize, "the item partition has not reported");
        job.Tell(job.ReportOf(Item));
        job.Command.Kind.ShouldBe(RoundKind.SolveUsers);
    }

    [Fact]
    public void The_report_of_an_earlier_incarnation_does_not_count_however_late_it_comes()
    {
        PlayedCoordinator job = new(SmallJobs.Als());
        job.RunTo(RoundKind.SolveUsers, epoch: 1);
        RoundReport late = job.ReportOf(User);

        job.Tell(Started(User, 7));
        job.Tell(job.ReportOf(User, incarnation: 7));
        job.Command.Kind.ShouldBe(RoundKind.Initialize);
        late.Round = job.Command.Round;
        job.Tell(late).ShouldBeEmpty();
        job.Tell(job.ReportOf(User, incarnation: 7));
        job.Command.Kind.ShouldBe(RoundKind.SolveUsers);
    }

    [Fact]
    public void A_partition_that_was_started_afresh_is_repaired_once_however_often_it_says_so()
    {
        PlayedCoordinator job = new(SmallJobs.Als(partitions: 2));
        job.RunTo(RoundKind.SolveUsers, epoch: 2);

        job.Tell(Started(User, 7));
        job.Last.OfType<CoordinatorEffect.Lost>().Single().ShouldBe(new CoordinatorEffect.Lost(User, "its node was lost, or it moved", Failed: false));
        job.Command.Kind.ShouldBe(RoundKind.Load);
        job.Sent.Select(send => send.To).ShouldBe([User], "the others have their state");
        job.Events.Count(jobEvent => jobEvent.Note?.Text.Contains("user partition 0 was started afresh", StringComparison.Ordinal) == true).ShouldBe(1);

        job.Tell(Started(User, 7)).ShouldBeEmpty();
        job.Tell(Started(User, PlayedCoordinator.IncarnationOf(User))).ShouldBeEmpty("that incarnation is over");
    }

    [Fact]
    public void A_partition_that_has_not_loaded_has_nothing_to_lose()
    {
        PlayedCoordinator job = new(SmallJobs.Als());
        job.Tell(Started(User, 7)).ShouldBeEmpty();
        job.Tell(job.ReportOf(User, incarnation: 7));
        job.Tell(job.ReportOf(Item));
        job.Command.Kind.ShouldBe(RoundKind.Initialize);
    }

    /// <summary>Two nodes had one partition for a moment, both reported that they had loaded, and the one that was dead spoke last.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_two_that_say_they_have_loaded_the_one_that_lives_counts_whoever_speaks_last(bool deadIsLast)
    {
        PlayedCoordinator job = new(SmallJobs.Als());
        job.Now += CoordinatorState.ResendInterval;
        job.Tell(Resend.Instance);
        RoundReport dead = job.ReportOf(User, incarnation: 7);
        RoundReport living = job.ReportOf(User, incarnation: 8);
        (dead.Heard, dead.Endpoint, living.Heard, living.Endpoint) = (1, "nowhere", 2, "somewhere");
        job.Tell(deadIsLast ? living : dead);
        job.Tell(deadIsLast ? dead : living);
        job.Tell(job.ReportOf(Item));
        job.Command.Kind.ShouldBe(RoundKind.Initialize);
        job.Command.Endpoints.Nodes[job.Command.Endpoints.Users[0]].ShouldBe("somewhere");
        job.Tell(job.ReportOf(User, incarnation: 8));
        job.Tell(job.ReportOf(Item));
        job.Command.Kind.ShouldBe(RoundKind.SolveUsers);
    }

    /// <summary>
    /// It had loaded when the one before it had reported that already: nobody asked it anything that it did not know, and what it reported
    /// did not count. A job of lent blocks waited for ever, since it said that it was at work.
    /// </summary>
    [Fact]
    public void A_partition_that_took_another_ones_place_in_silence_is_noticed_when_it_speaks()
    {
        PlayedCoordinator job = new(SmallJobs.Als());
        job.ReportAll();
        job.ReportAll();
        RoundProgress progress = job.ProgressOf(User);
        (progress.Incarnation, progress.Heard) = (7, 5);
        job.Tell(progress);
        job.Last.OfType<CoordinatorEffect.Lost>().Single().Who.ShouldBe(User);
        job.Command.Kind.ShouldBe(RoundKind.Load);
    }

    [Fact]
    public void A_partition_that_failed_with_its_state_is_started_afresh_and_the_cause_is_told()
    {
        PlayedCoordinator job = new(SmallJobs.Als());
        job.RunTo(RoundKind.SolveItems, epoch: 1);
        RoundReport failed = job.ReportOf(Item, incarnation: 7);
        failed.RetryableError = "the disk is on fire";

        job.Tell(failed);
        job.Last.OfType<CoordinatorEffect.Lost>().Single().ShouldBe(new CoordinatorEffect.Lost(Item, "the disk is on fire", Failed: true));
        job.Command.Kind.ShouldBe(RoundKind.Load);
        job.Tell(failed).ShouldBeEmpty("it came again");
    }

    [Fact]
    public void A_failure_that_would_repeat_itself_ends_the_job_and_names_the_partition()
    {
        PlayedCoordinator job = new(SmallJobs.Mf());
        RoundReport failed = job.ReportOf(SmallJobs.Item(1));
        failed.FatalError = "not a number";
        job.Tell(failed);
        job.End.ShouldNotBeNull().ShouldBe(new StateChanged { State = JobState.Failed, Reason = "parameters/1: not a number" });
    }

    [Fact]
    public void A_command_is_sent_again_to_those_alone_who_have_not_reported()
    {
        PlayedCoordinator job = new(SmallJobs.Als()) { Now = CoordinatorState.ResendInterval / 2 };
        job.ReportAll();
        job.Tell(job.ReportOf(User));

        job.Now = CoordinatorState.ResendInterval;
        job.Tell(Resend.Instance).ShouldBe([new CoordinatorEffect.Remind(CoordinatorState.ResendInterval, Resend.Instance)], "the round is younger");

        job.Now = 2 * CoordinatorState.ResendInterval;
        job.Tell(Resend.Instance);
        job.Sent.Single().To.ShouldBe(Item);
        job.Sent.Single().Message.ShouldBe(job.Command);
    }

    [Fact]
    public void A_partition_out_of_reach_ends_the_job_by_name_after_a_minute()
    {
        PlayedCoordinator job = new(SmallJobs.Als());
        job.Tell(job.ReportOf(Item));
        int resends = 0;
        while (job.End is null)
        {
            resends++.ShouldBeLessThan(100, "the job must not wait for ever");
            job.Now += CoordinatorState.ResendInterval;
            job.Tell(Resend.Instance);
        }

        job.End.ShouldBe(new StateChanged { State = JobState.Failed, Reason = "user-factors/0: it has not answered for 60 seconds" });
        job.Now.ShouldBe(TimeSpan.FromSeconds(62));
        job.Last.ShouldNotContain(effect => effect is CoordinatorEffect.Send && ((CoordinatorEffect.Send)effect).Message is RunRound);
    }

    [Fact]
    public void A_partition_that_says_how_far_it_is_may_take_as_long_as_it_likes()
    {
        PlayedCoordinator job = new(SmallJobs.Als());
        for (int resends = 0; resends < 200; resends++)
        {
            job.Now += CoordinatorState.ResendInterval;
            job.Tell(Resend.Instance);
            job.End.ShouldBeNull();
            job.Tell(job.ProgressOf(User));
            job.Tell(job.ProgressOf(Item));
        }
    }

    [Fact]
    public void Those_who_have_loaded_are_asked_for_signs_of_life_also_at_once_when_a_node_leaves()
    {
        PlayedCoordinator job = new(SmallJobs.Als());
        job.Tell(PingDue.Tick).ShouldBe([new CoordinatorEffect.Remind(CoordinatorState.PingInterval, PingDue.Tick)]);
        job.Tell(job.ReportOf(User));
        job.Tell(PingDue.Tick);
        job.Sent.ShouldBe([new CoordinatorEffect.Send(User, new Ping { Job = "j" })]);
        job.Tell(PingDue.Now).OfType<CoordinatorEffect.Remind>().ShouldBeEmpty("a second chain of reminders would never end");
        job.Sent.ShouldBe([new CoordinatorEffect.Send(User, new Ping { Job = "j" })]);
    }

    [Fact]
    public void A_job_cancelled_while_a_round_runs_ends_at_once_and_late_reports_change_nothing()
    {
        PlayedCoordinator job = new(SmallJobs.Als());
        job.RunTo(RoundKind.SolveUsers, epoch: 1);
        RoundReport late = job.ReportOf(User);

        job.Tell(new CancelJob { Job = "another" }).ShouldBeEmpty();
        job.Tell(new CancelJob { Job = "j" });
        job.End.ShouldNotBeNull().State.ShouldBe(JobState.Cancelled);
        job.Sent.ShouldBe([new CoordinatorEffect.Send(User, new EndJob { Job = "j" }), new CoordinatorEffect.Send(Item, new EndJob { Job = "j" })]);

        job.Tell(late).ShouldBeEmpty();
        job.Tell(Started(User, 7)).ShouldBeEmpty();
        job.Tell(new CancelJob { Job = "j" }).ShouldBeEmpty();
        job.Tell(Resend.Instance).ShouldBeEmpty();
    }

    [Fact]
    public void Tables_that_could_not_be_kept_end_the_job_with_the_reason()
    {
        PlayedCoordinator job = new(SmallJobs.Als(epochs: 1));
        job.RunTo(RoundKind.PublishBest, epoch: 1);
        job.ReportAll();
        job.Tell(new TablesTaken(job.Command.Version, "the disk is full"));
        job.End.ShouldNotBeNull().ShouldBe(new StateChanged { State = JobState.Failed, Reason = "the disk is full", BestEpoch = 1 });
    }

    [Fact]
    public void Tables_that_are_being_taken_are_taken_anew_from_where_a_partition_lives_now()
    {
        PlayedCoordinator job = new(SmallJobs.Als(epochs: 1));
        job.RunTo(RoundKind.PublishBest, epoch: 1);
        job.ReportAll();
        job.Last.OfType<CoordinatorEffect.Take>().Single().Endpoints.Of(User).ShouldBe(PlayedCoordinator.EndpointOf(User));

        job.Tell(Started(User, 7));
        RoundReport moved = job.ReportOf(User, incarnation: 7);
        moved.Endpoint = "elsewhere";
        job.Tell(moved);
        job.Last.OfType<CoordinatorEffect.Take>().Single().Endpoints.Of(User).ShouldBe("elsewhere");
    }

    /// <summary>Every wait for news was kept until the next event, and a job that loads for an hour has none.</summary>
    [Fact]
    public void Watchers_do_not_pile_up_while_no_event_comes()
    {
        PlayedCoordinator job = new(SmallJobs.Als());
        long known = job.Events[^1].Sequence;
        for (int watcher = 0; watcher < 10; watcher++)
        {
            job.Tell(new WatchEvents(watcher, known, TimeSpan.FromSeconds(1))).ShouldBeEmpty();
        }

        job.Now = TimeSpan.FromSeconds(1);
        job.Tell(PingDue.Tick);
        CoordinatorEffect.Answer[] answers = [.. job.Last.OfType<CoordinatorEffect.Answer>()];
        answers.Select(answer => answer.Watcher).ShouldBe(Enumerable.Range(0, 10).Cast<object>());
        answers.ShouldAllBe(answer => answer.Events.Events.Count == 0);
        job.Tell(PingDue.Tick).ShouldNotContain(effect => effect is CoordinatorEffect.Answer);
    }

    [Fact]
    public void Whoever_watches_hears_of_the_end_and_ticks_go_on_until_it_is_written()
    {
        PlayedCoordinator job = new(SmallJobs.Als(), writes: false);
        job.Tell(new EventWritten(job.Events[^1]));
        job.Tell(new WatchEvents("somebody", job.Events[^1].Sequence, TimeSpan.FromHours(1)));
        job.Tell(new CancelJob { Job = "j" });
        job.Tell(PingDue.Tick).ShouldBe([new CoordinatorEffect.Remind(CoordinatorState.PingInterval, PingDue.Tick)], "nobody is asked for a job that is over");

        job.Tell(new EventWritten(job.Events[^1]));
        job.Last.OfType<CoordinatorEffect.Answer>().Single().Events.Events.Single().State.State.ShouldBe(JobState.Cancelled);
    }

    [Fact]
    public void Progress_is_told_five_times_a_second_at_most()
    {
        PlayedCoordinator job = new(SmallJobs.Als(partitions: 2));
        job.RunTo(RoundKind.SolveItems, epoch: 1);
        for (int reports = 0; reports <= 100; reports++)
        {
            job.Tell(job.ProgressOf(Item, 0.5));
            job.Now += TimeSpan.FromMilliseconds(10);
        }

        double[] told = [.. job.Events.Where(jobEvent => jobEvent.Progress is not null).Select(jobEvent => jobEvent.Progress.Fraction)];
        told.Length.ShouldBe(5);
        told.ShouldAllBe(fraction => fraction == 0.625, "half of one of two partitions' second half of an epoch");
    }

    [Fact]
    public void A_job_taken_up_again_numbers_its_events_and_rounds_above_all_that_were_told_before()
    {
        PlayedCoordinator job = new(SmallJobs.Als(), new JobStart(Events: 1_000_000));
        job.Events[0].Sequence.ShouldBe(1_000_001);
        job.Command.Round.ShouldBeGreaterThan(1_000_000);
    }

    private static PartitionStarted Started(PartitionId who, ulong incarnation) =>
        new() { Job = "j", Partition = PartitionName.Of(who), Incarnation = incarnation };
}
