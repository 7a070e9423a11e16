using DistRec.Models.Als;
using DistRec.Models.MatrixFactorization;

namespace DistRec.Training.Tests.Coordination;

public sealed class JobMachineTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static JobSpec Als(int epochs = 2, int validation = 10, int checkpointEvery = 0) => new()
    {
        Job = "j",
        Model = ModelSpec.Of(new AlsOptions { Rank = 4 }),
        Epochs = epochs,
        ValidationRatings = validation,
        CheckpointEvery = checkpointEvery,
        RatingUnit = 1, RatingDeviation = 1,
    };

    private static JobSpec Mf(int epochs = 2, int validation = 10) => new()
    {
        Job = "j",
        Model = ModelSpec.Of(new MfOptions { Rank = 4, LearningRate = 1, LearningRateDecay = 1 }),
        Epochs = epochs,
        ValidationRatings = validation,
        RatingUnit = 1, RatingDeviation = 1,
    };

    [Fact]
    public void An_alternating_job_goes_through_its_rounds_and_publishes_the_best_tables()
    {
        Run(Als()).Rounds.ShouldBe(
        [
            RoundKind.Load, RoundKind.Initialize,
            RoundKind.SolveUsers, RoundKind.SolveItems, RoundKind.Validate, RoundKind.SaveBest,
            RoundKind.SolveUsers, RoundKind.SolveItems, RoundKind.Validate, RoundKind.SaveBest,
            RoundKind.PublishBest,
        ]);
    }

    [Fact]
    public void Without_validation_an_alternating_job_neither_validates_nor_keeps()
    {
        Run(Als(validation: 0)).Rounds.ShouldBe(
        [
            RoundKind.Load, RoundKind.Initialize,
            RoundKind.SolveUsers, RoundKind.SolveItems, RoundKind.SolveUsers, RoundKind.SolveItems,
            RoundKind.PublishBest,
        ]);
    }

    [Fact]
    public void A_descending_job_keeps_its_first_tables_to_go_back_to()
    {
        Run(Mf(epochs: 1)).Rounds.ShouldBe(
        [
            RoundKind.Load, RoundKind.Initialize, RoundKind.SaveBest,
            RoundKind.Descend, RoundKind.Reclaim, RoundKind.Validate, RoundKind.SaveBest,
            RoundKind.PublishBest,
        ]);
    }

    [Fact]
    public void A_diverging_epoch_is_restored_and_done_again()
    {
        int descents = 0;
        Trace trace = Run(Mf(epochs: 1), sums: round => round.Kind == RoundKind.Descend && descents++ == 0 ? new RoundSums { Diverged = true } : null);
        trace.Rounds.ShouldBe(
        [
            RoundKind.Load, RoundKind.Initialize, RoundKind.SaveBest,
            RoundKind.Descend, RoundKind.Reclaim, RoundKind.Restore,
            RoundKind.Descend, RoundKind.Reclaim, RoundKind.Validate, RoundKind.SaveBest,
            RoundKind.PublishBest,
        ]);
        trace.Epochs.ShouldBe([1]);
        trace.Notes.Single().ShouldContain("learning rate of 0.5");
    }

    [Fact]
    public void A_job_that_diverges_whatever_the_rate_fails_by_name()
    {
        Trace trace = Run(Mf(), sums: round => round.Kind == RoundKind.Descend ? new RoundSums { Diverged = true } : null);
        trace.End.State.ShouldBe(JobState.Failed);
        trace.End.Reason.ShouldContain("the training error is no longer a number");
        trace.Rounds.ShouldNotContain(RoundKind.PublishBest);
    }

    [Fact]
    public void A_job_that_diverges_after_a_good_epoch_ends_with_that_epoch_and_says_why()
    {
        int descents = 0;
        Trace trace = Run(Mf(epochs: 5), sums: round => round.Kind == RoundKind.Descend && descents++ > 0 ? new RoundSums { Diverged = true } : null);
        trace.Epochs.ShouldBe([1]);
        trace.Notes.Count.ShouldBe(EpochPolicy.MaximumBackOffs);
        trace.Rounds.TakeLast(4).ShouldBe([RoundKind.Descend, RoundKind.Reclaim, RoundKind.Restore, RoundKind.PublishBest]);
        trace.End.State.ShouldBe(JobState.Completed);
        trace.End.BestEpoch.ShouldBe(1);
        trace.End.Reason.ShouldContain("the model is that of epoch 1");
    }

    [Fact]
    public void Round_numbers_only_ever_ascend_also_when_the_job_begins_again()
    {
        JobMachine machine = new(Als());
        long first = machine.Begin().Next!.Value.Number;
        JobStep again = machine.Lost(new PartitionId(Side.User, 1), "it failed", failed: true);
        again.Next!.Value.Kind.ShouldBe(RoundKind.Load);
        again.Next.Value.Number.ShouldBeGreaterThan(first);
        again.Events.Single(jobEvent => jobEvent.Note is not null).Note.Text.ShouldContain("user partition 1");
    }

    [Fact]
    public void A_job_that_loses_participants_again_and_again_fails_with_the_cause()
    {
        JobMachine machine = new(Als());
        machine.Begin();
        for (int i = 0; i < JobMachine.MaximumFailures; i++)
        {
            machine.Lost(new PartitionId(Side.Item, 0), "the disk is on fire", failed: true).Next.ShouldNotBeNull();
        }

        machine.Lost(new PartitionId(Side.Item, 0), "the disk is on fire", failed: true).Next.ShouldBeNull();
        machine.State.ShouldBe(JobState.Failed);
        machine.Lost(new PartitionId(Side.Item, 0), "too late", failed: true).Next.ShouldBeNull();
    }

    [Theory]
    [InlineData(RoundKind.SolveUsers)]
    [InlineData(RoundKind.SolveItems)]
    public void A_cancelled_job_abandons_a_round_of_training_and_undoes_its_epoch(RoundKind running)
    {
        Trace trace = Run(Als(epochs: 10), cancelIn: (running, 3));
        trace.Rounds.SkipWhile(round => round != RoundKind.Revert).ShouldBe([RoundKind.Revert, RoundKind.Publish, RoundKind.PublishBest]);
        trace.Rounds.Count(round => round == running).ShouldBe(3);
        trace.End.State.ShouldBe(JobState.Cancelled);
        trace.End.Reason.ShouldBe("cancelled after epoch 2");
        trace.Published.Select(tables => tables.Purpose).ShouldBe([TablesPurpose.Checkpoint, TablesPurpose.Model]);
        trace.Published[0].Resume.Epoch.ShouldBe(2);
        trace.Published[0].Resume.Policy.BestEpoch.ShouldBe(2);
    }

    [Fact]
    public void What_an_abandoned_epoch_solved_is_named_by_what_it_was_solved_from()
    {
        JobMachine machine = new(Als(epochs: 10, validation: 0));
        long items = 0;
        long users = 0;
        JobStep step = machine.Begin();
        while (step.Next is not { Kind: RoundKind.SolveItems, Epoch: 2 })
        {
            Round round = step.Next.ShouldNotBeNull();
            items = round.Kind == RoundKind.SolveItems ? round.Version : items;
            users = round.Kind == RoundKind.SolveUsers ? round.Version : users;
            step = machine.Complete(Improving(round), Second);
        }

        Round revert = machine.Cancel().Next.ShouldNotBeNull();
        revert.Kind.ShouldBe(RoundKind.Revert);
        revert.Undone.ShouldBe([items, users]);
        machine.Cancel().Next.ShouldBeNull("it was said before");
    }

    [Theory]
    [InlineData(RoundKind.Validate)]
    [InlineData(RoundKind.SaveBest)]
    public void A_short_round_of_a_cancelled_job_ends_and_its_epoch_counts(RoundKind running)
    {
        Trace trace = Run(Als(epochs: 10), cancelIn: (running, 2));
        trace.Rounds.TakeLast(3).ShouldBe([RoundKind.SaveBest, RoundKind.Publish, RoundKind.PublishBest]);
        trace.End.Reason.ShouldBe("cancelled after epoch 2");
    }

    [Fact]
    public void A_cancelled_descent_goes_back_to_the_best_tables_where_those_are_of_the_epoch_before()
    {
        Trace trace = Run(Mf(epochs: 10), cancelIn: (RoundKind.Descend, 3));
        trace.Rounds.TakeLast(4).ShouldBe([RoundKind.Descend, RoundKind.Restore, RoundKind.Publish, RoundKind.PublishBest]);
        trace.Published[0].Resume.Epoch.ShouldBe(2);
        trace.End.Reason.ShouldBe("cancelled after epoch 2");
    }

    [Fact]
    public void A_cancelled_descent_after_an_epoch_that_was_not_the_best_is_waited_for()
    {
        int validations = 0;
        Trace trace = Run(
            Mf(epochs: 10),
            sums: round => round.Kind == RoundKind.Validate ? new RoundSums(default(ErrorSums).Add(++validations, 0, 1), default, 0, false) : null,
            cancelIn: (RoundKind.Descend, 3));
        trace.Rounds.TakeLast(5).ShouldBe([RoundKind.Descend, RoundKind.Reclaim, RoundKind.Validate, RoundKind.Publish, RoundKind.PublishBest]);
        trace.Published[0].Resume.Epoch.ShouldBe(3);
    }

    [Theory]
    [InlineData(RoundKind.SolveItems)]
    [InlineData(RoundKind.Descend)]
    public void With_a_store_the_model_of_a_cancelled_job_is_the_best_so_far_at_once(RoundKind running)
    {
        JobSpec spec = running == RoundKind.Descend ? Mf(epochs: 10) : Als(epochs: 10);
        spec.Snapshots = true;
        spec.SnapshotSeconds = 1000;
        Trace trace = Run(spec, cancelIn: (running, 3));
        trace.Rounds.TakeLast(2).ShouldBe([running, RoundKind.PublishBest]);
        trace.End.Reason.ShouldBe("cancelled after epoch 2");
    }

    [Theory]
    [InlineData(RoundKind.Load, 0)]
    [InlineData(RoundKind.Initialize, 0)]
    [InlineData(RoundKind.SolveUsers, 1)]
    [InlineData(RoundKind.SolveItems, 1)]
    public void A_job_cancelled_before_its_first_epoch_ends_at_once_with_nothing_to_publish(RoundKind running, int epoch)
    {
        Trace trace = Run(Als(), cancelIn: (running, epoch));
        trace.Rounds[^1].ShouldBe(running);
        trace.End.State.ShouldBe(JobState.Cancelled);
        trace.End.Reason.ShouldBe("cancelled before the first epoch was done");
        trace.Published.ShouldBeEmpty();
    }

    [Fact]
    public void A_job_whose_partition_was_repaired_in_the_epoch_trains_it_to_its_end_when_cancelled()
    {
        JobMachine machine = new(Als(epochs: 10));
        JobStep step = machine.Begin();
        while (step.Next is not { Kind: RoundKind.SolveUsers, Epoch: 2 })
        {
            step = machine.Complete(Improving(step.Next!.Value), Second);
        }

        step = machine.Lost(new PartitionId(Side.User, 0), "its node was lost", failed: false);
        machine.Cancel().Next.ShouldBeNull();
        List<RoundKind> rounds = [];
        while (step.Next is { } round)
        {
            rounds.Add(round.Kind);
            step = machine.Complete(Improving(round), Second);
        }

        rounds.TakeLast(5).ShouldBe([RoundKind.SolveUsers, RoundKind.SolveItems, RoundKind.Validate, RoundKind.SaveBest, RoundKind.Publish]);
    }

    [Fact]
    public void Checkpoints_come_every_so_many_epochs()
    {
        Trace trace = Run(Als(epochs: 5, checkpointEvery: 2));
        trace.Published.Where(tables => tables.Purpose == TablesPurpose.Checkpoint).Select(tables => tables.Resume.Epoch).ShouldBe([2, 4]);
        trace.End.State.ShouldBe(JobState.Completed);
    }

    [Fact]
    public void A_resumed_job_goes_on_with_the_next_epoch()
    {
        JobSpec spec = Als(epochs: 5);
        spec.Resume = new ResumePoint { Epoch = 3, Policy = new PolicyState { BestEpoch = 3, BestRmse = 0.5 } };
        Run(spec).Epochs.ShouldBe([4, 5]);
    }

    [Fact]
    public void Every_state_that_is_entered_is_told_and_the_end_is_told_once()
    {
        Trace trace = Run(Als(epochs: 1));
        trace.States.ShouldBe(
            [JobState.Loading, JobState.Training, JobState.Validating, JobState.Training, JobState.Checkpointing, JobState.Completed]);
    }

    private sealed record Trace(
        List<RoundKind> Rounds, List<int> Epochs, List<string> Notes, List<TablesPublished> Published, List<JobState> States, StateChanged End);

    // Errors that become smaller with every round.
    private static RoundSums Improving(Round round) => new(default(ErrorSums).Add(1.0 / round.Number, 0, 1), default, 0, false);

    // Plays the coordinator's part: completes every round, takes every table.
    private static Trace Run(JobSpec spec, Func<Round, RoundSums?>? sums = null, (RoundKind Kind, int Epoch)? cancelIn = null)
    {
        JobMachine machine = new(spec);
        Trace trace = new([], [], [], [], [], new StateChanged());
        JobStep step = machine.Begin();
        for (int steps = 0; ; steps++)
        {
            steps.ShouldBeLessThan(1000, "the job must end");
            long published = 0;
            foreach (JobEvent jobEvent in step.Events)
            {
                switch (jobEvent.WhatCase)
                {
                    case JobEvent.WhatOneofCase.Epoch:
                        trace.Epochs.Add(jobEvent.Epoch.Epoch);
                        break;
                    case JobEvent.WhatOneofCase.Note:
                        trace.Notes.Add(jobEvent.Note.Text);
                        break;
                    case JobEvent.WhatOneofCase.Tables:
                        trace.Published.Add(jobEvent.Tables);
                        published = jobEvent.Tables.Version;
                        break;
                    case JobEvent.WhatOneofCase.State:
                        trace.States.Add(jobEvent.State.State);
                        trace = trace with { End = jobEvent.State };
                        break;
                    default:
                        break;
                }
            }

            if (machine.IsOver)
            {
                return trace;
            }

            if (step.Next is { } round)
            {
                if (published > 0)
                {
                    machine.TablesTaken(published).Next.ShouldBeNull("a snapshot is taken while training goes on");
                }

                trace.Rounds.Add(round.Kind);
                if ((round.Kind, round.Epoch) == cancelIn)
                {
                    cancelIn = null;
                    step = machine.Cancel();
                    if (step.Next is not null || machine.IsOver)
                    {
                        continue;
                    }
                }

                step = machine.Complete(sums?.Invoke(round) ?? Improving(round), Second);
            }
            else
            {
                step = machine.TablesTaken(published);
            }
        }
    }
}
