using DistRec.Models.FactorizationMachine;

namespace DistRec.Training.Tests.Partitions;

public sealed class SweepPartitionTests
{
    [Theory]
    [InlineData(FmLearner.Als, FmTask.Regression)]
    [InlineData(FmLearner.Mcmc, FmTask.Regression)]
    [InlineData(FmLearner.Mcmc, FmTask.Classification)]
    public void An_epoch_that_was_abandoned_at_any_clock_leaves_nothing_to_the_next(FmLearner learner, FmTask task)
    {
        JobSpec spec = JobSpecs.Create(
            "j", task == FmTask.Regression ? PlantedFeatures.Ratings : PlantedFeatures.Classes,
            new TrainingSettings { Model = FmOptions.For(task, learner) with { Rank = 2, BurnIn = 0, KeptSamples = 1 }, Epochs = 4 }, null);
        SweepPartition disturbed = PartitionOf(spec, task), undisturbed = PartitionOf(spec, task);
        PartitionedFactors tables = FirstTables(spec);
        for (int epoch = 1; epoch <= spec.Epochs; epoch++)
        {
            // Later and later, the last time with all clocks done and with what they came to written.
            int clocks = disturbed.Clocks * epoch / spec.Epochs;
            disturbed.Begin(tables, epoch);
            Run(disturbed, clocks);
            if (clocks < disturbed.Clocks)
            {
                disturbed.Statistics(clocks);
            }
            else
            {
                disturbed.End(epoch);
            }

            FactorBlock expected = Epoch(undisturbed, tables, epoch);
            FactorBlock found = Epoch(disturbed, tables, epoch);
            found.Biases.ShouldBe(expected.Biases);
            found.Factors.Values.SequenceEqual(expected.Factors.Values).ShouldBeTrue($"epoch {epoch}");
            tables = FactorBlock.SideOf(spec.BlockStarts, [expected]);
        }

        static FactorBlock Epoch(SweepPartition partition, PartitionedFactors tables, int epoch)
        {
            partition.Begin(tables, epoch);
            Run(partition, partition.Clocks);
            partition.End(epoch);
            return partition.Learned(0);
        }

        static void Run(SweepPartition partition, int clocks)
        {
            for (int clock = 0; clock < clocks; clock++)
            {
                partition.Apply(clock, partition.Statistics(clock));
            }
        }
    }

    private static SweepPartition PartitionOf(JobSpec spec, FmTask task)
    {
        FeatureData features = (task == FmTask.Regression ? PlantedFeatures.Ratings : PlantedFeatures.Classes).Features!;
        return new SweepPartition(
            (FmOptions)spec.Options, FeatureBlock.Of(features, .., .., keepsBlocks: true), spec.BlockStarts, spec.Features.GroupStarts, 0, spec.Epochs, spec.Units, JobSpecs.ScaleOf(spec));
    }

    private static PartitionedFactors FirstTables(JobSpec spec)
    {
        FactorBlock first = FactorBlock.Zeros(spec.BlockStarts[^1], spec.Options.WidthOf(Side.Item));
        JobSpecs.DrawItems(spec, first, 0);
        return FactorBlock.SideOf(spec.BlockStarts, [first]);
    }
}
