namespace DistRec.Training.Tests.Coordination;

/// <summary>Partitions that leave their nodes in good order, told message by message.</summary>
public sealed class HandOverTests
{
    private static readonly PartitionId User = SmallJobs.User();
    private static readonly PartitionId Item = SmallJobs.Item();
    private static readonly JobSpec Als = WithStore(SmallJobs.Als(partitions: 2, epochs: 3));
    private static readonly JobSpec Mf = WithStore(SmallJobs.Mf(epochs: 3));

    [Fact]
    public void A_partition_that_leaves_takes_part_in_the_epoch_and_its_tables_are_stored_before_the_next()
    {
        PlayedCoordinator job = InFirstEpoch(RoundKind.SolveUsers);
        job.Tell(Leaving(User));
        job.Sent.ShouldBe([new CoordinatorEffect.Send(User, job.Command, IsLeaving: true)], "what it had been sent may wait for its successor");
        job.ReportAll();
        job.Command.Kind.ShouldBe(RoundKind.SolveItems);
        job.Tell(PingDue.Tick);
        job.Sent.ShouldContain(new CoordinatorEffect.Send(User, new Ping { Job = "j" }, IsLeaving: true), "it waits for a word");
        job.Sent.ShouldContain(new CoordinatorEffect.Send(User, new Ping { Job = "j" }), "if it is gone with its node, its successor answers");

        TablesPublished tables = HandOver(job);
        tables.Partitions.Select(partition => partition.Id).ShouldBe([User]);
        job.Last.OfType<CoordinatorEffect.RoundBegan>().ShouldBeEmpty("the next epoch begins when they are stored");
        job.Tell(new TablesTaken(tables.Version));
        job.Sent[0].ShouldBe(new CoordinatorEffect.Send(User, new PartitionReleased { Job = "j" }, IsLeaving: true));
        job.Sent.Skip(1).ShouldBe([new CoordinatorEffect.Send(User, job.Command)]);
        (job.Command.Kind, job.Command.Spec).ShouldBe((RoundKind.Load, Als));

        job.Tell(job.ReportOf(User, incarnation: 7));
        (job.Command.Kind, job.Command.FromStore, job.Command.SourceVersion).ShouldBe((RoundKind.Fetch, true, tables.Version));
        job.Tell(job.ReportOf(User, incarnation: 7));
        (job.Command.Kind, job.Command.Epoch).ShouldBe((RoundKind.SolveUsers, 2));
        job.Events.ShouldContain(jobEvent => jobEvent.Note != null && jobEvent.Note.Text.StartsWith("moved to other nodes"));
    }

    [Fact]
    public void Both_sides_come_back_under_the_versions_that_the_others_know()
    {
        PlayedCoordinator job = InFirstEpoch(RoundKind.SolveItems);
        long items = job.Command.Version;
        long users = job.Command.SourceVersion;
        job.Tell(Leaving(User));
        job.Tell(Leaving(Item));
        TablesPublished tables = HandOver(job);
        tables.Partitions.Select(partition => partition.Id).ShouldBe([User, Item], ignoreOrder: true);
        job.Tell(new TablesTaken(tables.Version));
        foreach (PartitionId who in new[] { User, Item })
        {
            job.Tell(job.ReportOf(who, incarnation: 7 + (ulong)who.Side));
        }

        job.Sent.ShouldBe([new CoordinatorEffect.Send(User, job.Command)]);
        job.Command.Version.ShouldBe(users);
        job.Tell(job.ReportOf(User, incarnation: 7));
        job.Sent.ShouldBe([new CoordinatorEffect.Send(Item, job.Command)]);
        job.Command.Version.ShouldBe(items);
    }

    [Fact]
    public void A_job_that_descends_stores_the_tables_of_those_who_leave_alone()
    {
        PlayedCoordinator job = new(Mf);
        job.RunTo(RoundKind.Reclaim, epoch: 1);
        job.Tell(Leaving(Item));
        TablesPublished tables = HandOver(job);
        job.Tell(new TablesTaken(tables.Version));
        job.Tell(job.ReportOf(Item, incarnation: 7));
        (job.Command.Kind, job.Command.SourceVersion, job.Command.BestVersion).ShouldBe((RoundKind.Fetch, tables.Version, tables.Version));
        job.Tell(job.ReportOf(Item, incarnation: 7));
        (job.Command.Kind, job.Command.Epoch).ShouldBe((RoundKind.Descend, 2));
    }

    [Fact]
    public void Whoever_is_lost_while_its_tables_are_stored_is_repaired_and_word_of_them_comes_too_late()
    {
        PlayedCoordinator job = InFirstEpoch(RoundKind.SolveItems);
        job.Tell(Leaving(User));
        TablesPublished tables = HandOver(job);
        job.Tell(new PartitionStarted { Job = "j", Partition = PartitionName.Of(User), Incarnation = 7 });
        job.Command.Kind.ShouldBe(RoundKind.Load);
        long load = job.Command.Round;
        job.Tell(new TablesTaken(tables.Version));
        job.Command.Round.ShouldBe(load);
        job.Tell(job.ReportOf(User, incarnation: 7));
        job.Command.Kind.ShouldBe(RoundKind.SolveUsers);
        job.Command.Epoch.ShouldBe(1, "it is solved again");
        job.Tell(job.ReportOf(User, incarnation: 7));
        (job.Command.Kind, job.Command.Epoch).ShouldBe((RoundKind.SolveUsers, 2));
    }

    [Fact]
    public void Another_one_that_is_lost_meanwhile_does_not_keep_those_who_leave()
    {
        PlayedCoordinator job = InFirstEpoch(RoundKind.SolveItems);
        job.Tell(Leaving(User));
        TablesPublished first = HandOver(job);
        job.Tell(new PartitionStarted { Job = "j", Partition = PartitionName.Of(SmallJobs.User(1)), Incarnation = 7 });
        job.Tell(job.ReportOf(SmallJobs.User(1), incarnation: 7));
        job.Tell(job.ReportOf(SmallJobs.User(1), incarnation: 7));
        job.Command.Kind.ShouldBe(RoundKind.Snapshot);
        job.Tell(job.ReportOf(User));
        TablesPublished second = job.Last.OfType<CoordinatorEffect.Take>().Single().Tables;
        (second.Purpose, second.Version > first.Version).ShouldBe((TablesPurpose.HandOver, true));
    }

    [Fact]
    public void Tables_that_cannot_be_stored_are_computed_again_and_nobody_is_kept()
    {
        PlayedCoordinator job = InFirstEpoch(RoundKind.SolveItems);
        job.Tell(Leaving(User));
        TablesPublished tables = HandOver(job);
        job.Tell(new TablesTaken(tables.Version, "the tables could not be kept: the disk is full"));
        job.Sent[0].ShouldBe(new CoordinatorEffect.Send(User, new PartitionReleased { Job = "j" }, IsLeaving: true));
        job.Events[^1].Note.Text.ShouldContain("the disk is full");
        job.Tell(job.ReportOf(User, incarnation: 7));
        job.Command.Kind.ShouldBe(RoundKind.SolveUsers);
        job.Command.Epoch.ShouldBe(1);
    }

    /// <summary>It had loaded and was let go in the same moment; its report made it the partition's incarnation, which then was lost.</summary>
    [Fact]
    public void Whoever_leaves_before_it_is_known_is_let_go_and_not_heard_any_more()
    {
        PlayedCoordinator job = new(Als);
        job.Tell(Leaving(User));
        job.Sent[0].ShouldBe(new CoordinatorEffect.Send(User, new PartitionReleased { Job = "j" }, IsLeaving: true));
        job.Sent.Skip(1).ShouldBe([new CoordinatorEffect.Send(User, job.Command)], "its successor may be there already");
        job.ReportAll();
        job.Command.Kind.ShouldBe(RoundKind.Load, "its report says nothing about its successor");
        job.Tell(job.ReportOf(User, incarnation: 7));
        job.Command.Kind.ShouldBe(RoundKind.Initialize);
    }

    [Fact]
    public void A_job_that_ends_lets_those_who_leave_hear_of_it()
    {
        PlayedCoordinator job = InFirstEpoch(RoundKind.SolveUsers);
        job.Tell(Leaving(User));
        job.Tell(new CancelJob { Job = "j" });
        job.Sent.ShouldContain(new CoordinatorEffect.Send(User, new EndJob { Job = "j" }, IsLeaving: true));
        job.Tell(Leaving(User));
        job.Sent.ShouldBe([new CoordinatorEffect.Send(User, new PartitionReleased { Job = "j" }, IsLeaving: true)]);
    }

    // The drawn item tables are stored.
    private static PlayedCoordinator InFirstEpoch(RoundKind round)
    {
        PlayedCoordinator job = new(Als);
        job.RunTo(RoundKind.SolveUsers, epoch: 1);
        job.Tell(new TablesTaken(job.Last.OfType<CoordinatorEffect.Take>().Single().Tables.Version));
        job.RunTo(round, epoch: 1);
        return job;
    }

    // Ends the epoch, and stores the tables of those who leave.
    private static TablesPublished HandOver(PlayedCoordinator job)
    {
        job.RunTo(RoundKind.Snapshot, epoch: 1);
        job.ReportAll();
        TablesPublished tables = job.Last.OfType<CoordinatorEffect.Take>().Single().Tables;
        tables.Purpose.ShouldBe(TablesPurpose.HandOver);
        return tables;
    }

    private static PartitionLeaving Leaving(PartitionId who) =>
        new() { Job = "j", Partition = PartitionName.Of(who), Incarnation = PlayedCoordinator.IncarnationOf(who) };

    private static JobSpec WithStore(JobSpec spec)
    {
        spec.Snapshots = true;
        spec.SnapshotSeconds = 3600;
        return spec;
    }
}
