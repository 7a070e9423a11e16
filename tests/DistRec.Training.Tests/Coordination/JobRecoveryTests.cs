using DistRec.Models.Als;
using DistRec.Models.MatrixFactorization;

namespace DistRec.Training.Tests.Coordination;

/// <summary>Snapshots, losses and what follows from them, told round by round.</summary>
public sealed class JobRecoveryTests
{
    private static readonly PartitionId User = new(Side.User, 0);
    private static readonly PartitionId Item = new(Side.Item, 0);

    [Fact]
    public void Rounds_of_a_later_start_are_numbered_above_those_of_all_earlier_ones()
    {
        // Participants that outlive their coordinator drop commands of rounds that they have seen.
        new JobMachine(Als()).Begin(snapshot: null, after: 1_000_000).Next!.Value.Number.ShouldBe(1_000_001);
        Snapshot snapshot = new() { Resume = new ResumePoint { Epoch = 1, Policy = new PolicyState() }, Tables = 4, Rounds = 9 };
        Round first = new JobMachine(Als()).Begin(snapshot, after: 1_000_000).Next!.Value;
        first.Number.ShouldBeGreaterThan(1_000_000);
        first.DropThrough.ShouldBeInRange(1_000_000, first.Number - 1);
    }

    [Fact]
    public void Tables_of_a_snapshot_stay_published_until_it_is_taken()
    {
        JobMachine machine = new(Mf(epochs: 10));
        List<Round> rounds = RunUntil(machine, machine.Begin(), snapshots: 1, out TablesPublished taken);
        Round next = rounds[^1];
        for (int i = 0; i < 8; i++)
        {
            next.DropThrough.ShouldBeLessThan(taken.Version, $"{next.Kind}");
            next = machine.Complete(Sums, Second).Next!.Value;
        }
    }

    [Fact]
    public void A_snapshot_that_is_being_taken_does_not_make_the_one_before_it_go()
    {
        JobMachine machine = new(Mf(epochs: 4));
        RunUntil(machine, machine.Begin(), snapshots: 1, out TablesPublished first);
        JobStep step = machine.TablesTaken(first.Version);
        step.Next.ShouldBeNull();
        RunUntil(machine, machine.Complete(Sums, Second), snapshots: 1, out TablesPublished second);
        second.Stored.ShouldContain(first.Version);

        // Word of the second never comes: the job goes back to the first, whose tables must still be there.
        List<Round> back = [machine.Lost(User, "its node was lost", failed: false).Next!.Value];
        back.Add(machine.Complete(Sums, Second).Next!.Value);
        back.Select(round => round.Kind).ShouldBe([RoundKind.Load, RoundKind.Fetch]);
        back[1].SourceVersion.ShouldBe(first.Version);
    }

    [Fact]
    public void Best_tables_are_fetched_under_the_name_that_they_were_stored_under()
    {
        JobMachine machine = new(Mf(epochs: 5, validation: 10));
        RunUntil(machine, machine.Begin(), snapshots: 1, out TablesPublished first);
        first.Snapshot.BestIsCurrent.ShouldBeTrue("epoch 1 is the best so far");
        machine.TablesTaken(first.Version);

        // Epoch 2 is worse, so its snapshot refers to the tables of epoch 1, which lie in the store as current ones.
        RunUntil(machine, machine.Complete(Worse, Second), snapshots: 1, out TablesPublished second, Worse);
        second.Snapshot.BestItems.ShouldBe(first.Version);
        second.Snapshot.BestIsCurrent.ShouldBeTrue();
        machine.TablesTaken(second.Version);
        machine.Lost(User, "its node was lost", failed: false);
        Round fetch = machine.Complete(Sums, Second).Next!.Value;
        (fetch.SourceVersion, fetch.BestVersion, fetch.BestIsCurrent).ShouldBe((second.Version, first.Version, true));
    }

    [Fact]
    public void A_lost_partition_is_repaired_and_the_round_runs_again_under_its_version()
    {
        JobMachine machine = new(Als());
        Round solving = RunUntil(machine, machine.Begin(), snapshots: 1, out TablesPublished first)[^1];
        solving.Kind.ShouldBe(RoundKind.SolveUsers);
        machine.TablesTaken(first.Version);
        JobStep step = machine.Lost(Item, "its node was lost", failed: false);
        List<RoundKind> kinds = [];
        while (machine.IsRepairing)
        {
            step.Next!.Value.Only.ShouldBe([Item], ignoreOrder: true);
            kinds.Add(step.Next.Value.Kind);
            step = machine.Complete(Sums, Second);
        }

        kinds.ShouldBe([RoundKind.Load, RoundKind.Initialize]);
        Round again = step.Next!.Value;
        (again.Kind, again.Version, again.SourceVersion, again.Only).ShouldBe((solving.Kind, solving.Version, solving.SourceVersion, null));
        again.Number.ShouldBeGreaterThan(solving.Number);
    }

    [Fact]
    public void A_second_loss_while_the_first_is_repaired_repairs_both()
    {
        JobMachine machine = new(Als());
        RunUntil(machine, machine.Begin(), snapshots: 1, out TablesPublished first);
        machine.TablesTaken(first.Version);
        machine.Lost(Item, "its node was lost", failed: false);
        Round load = machine.Lost(User, "its node was lost", failed: false).Next!.Value;
        load.Kind.ShouldBe(RoundKind.Load);
        load.Only.ShouldBe([Item, User], ignoreOrder: true);
    }

    [Fact]
    public void Users_repaired_for_a_round_that_needs_no_older_tables_get_them_when_items_are_lost_in_that_round()
    {
        JobMachine machine = new(Als());
        RunUntil(machine, machine.Begin(), snapshots: 1, out TablesPublished first);
        machine.TablesTaken(first.Version);
        Round solving = RunUntil(machine, machine.Complete(Sums, Second), snapshots: 1, out _)[^1];
        solving.Kind.ShouldBe(RoundKind.SolveUsers);

        machine.Lost(User, "its node was lost", failed: false).Next!.Value.Kind.ShouldBe(RoundKind.Load);
        machine.Complete(Sums, Second).Next!.Value.Version.ShouldBe(solving.Version, "users are being solved anew: their older tables are not needed");

        // The items that they are solved from are not stored yet, and are solved again from the users' older tables.
        List<Round> repair = [machine.Lost(Item, "its node was lost", failed: false).Next!.Value];
        repair.Add(machine.Complete(Sums, Second).Next!.Value);
        repair.Add(machine.Complete(Sums, Second).Next!.Value);
        repair.Select(round => round.Kind).ShouldBe([RoundKind.Load, RoundKind.SolveUsers, RoundKind.SolveItems]);
        repair[1].Only.ShouldBe([User]);
        repair[1].FromStore.ShouldBeTrue();
        repair[2].Only.ShouldBe([Item]);
        repair[2].SourceVersion.ShouldBe(repair[1].Version);
    }

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static RoundSums Sums { get; } = new(default(ErrorSums).Add(1, 0, 4), default, 0, false);

    private static RoundSums Worse { get; } = new(default(ErrorSums).Add(1.5, 0, 4), default, 0, false);

    private static JobSpec Als() => new()
    {
        Job = "j", Model = ModelSpec.Of(new AlsOptions { Rank = 4 }), Epochs = 4, RatingUnit = 1, RatingDeviation = 1, Snapshots = true, UserStarts = { 0, 1, 2 },
    };

    private static JobSpec Mf(int epochs, int validation = 0) => new()
    {
        Job = "j",
        Model = ModelSpec.Of(new MfOptions { Rank = 4, LearningRate = 1, LearningRateDecay = 1 }),
        Epochs = epochs,
        ValidationRatings = validation,
        RatingUnit = 1, RatingDeviation = 1,
        Snapshots = true,
        UserStarts = { 0, 1, 2 },
    };

    // Completes rounds until the job has told of a snapshot; nobody takes it yet.
    private static List<Round> RunUntil(JobMachine machine, JobStep step, int snapshots, out TablesPublished told, RoundSums? sums = null)
    {
        List<Round> rounds = [];
        for (int steps = 0; ; steps++)
        {
            steps.ShouldBeLessThan(100, "the job must come to its snapshot");
            if (step.Next is { } round)
            {
                rounds.Add(round);
            }

            if (step.Events.FirstOrDefault(jobEvent => jobEvent.Tables is { Purpose: TablesPurpose.Snapshot }) is { } jobEvent && --snapshots == 0)
            {
                told = jobEvent.Tables;
                return rounds;
            }

            step = machine.Complete(sums ?? Sums, Second);
        }
    }
}
