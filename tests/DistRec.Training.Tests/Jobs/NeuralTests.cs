using DistRec.Models.Neural;
using DistRec.Models.Persistence;

namespace DistRec.Training.Tests.Jobs;

/// <summary>Models trained in mini-batches, whose workers push gradients and whose shards take the steps.</summary>
public sealed class NeuralTests
{
    public static TheoryData<NeuralForm, OptimizerKind> Forms => new()
    {
        { NeuralForm.MatrixFactorization, OptimizerKind.Adam },
        { NeuralForm.Perceptron, OptimizerKind.Adam },
        { NeuralForm.Perceptron, OptimizerKind.Sgd },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_model_has_the_same_bits_for_any_number_of_partitions_and_threads(NeuralForm form, OptimizerKind optimizer)
    {
        TrainingSettings settings = Settings(form, optimizer) with { Epochs = 4, Refit = true };
        TrainingOutcome one = await RunAsync(settings with { Partitions = 1 });
        foreach (int partitions in new[] { 2, 5, 11 })
        {
            TrainingOutcome other = await RunAsync(settings with { Partitions = partitions, Threads = 3 });
            ModelHash.Compute(other.Model!).ShouldBe(ModelHash.Compute(one.Model!), $"{partitions} partitions");
            other.Epochs.Select(epoch => (epoch.ValidationRmse, epoch.TrainRmse)).ShouldBe(one.Epochs.Select(epoch => (epoch.ValidationRmse, epoch.TrainRmse)));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_model_learns(NeuralForm form, OptimizerKind optimizer)
    {
        TrainingOutcome outcome = await RunAsync(Settings(form, optimizer) with { Epochs = 30 });

        outcome.State.ShouldBe(JobState.Completed);
        outcome.Epochs[^1].ValidationRmse.ShouldBeLessThan((form == NeuralForm.Perceptron ? 0.95 : 0.9) * outcome.Epochs[0].ValidationRmse);
        FiniteCheck.Verify(outcome.Model!);
        outcome.Model!.ItemFactors!.Rows.ShouldBe(Planted.Small.Train.ColumnCount);
        (outcome.Model.Layers is not null).ShouldBe(form == NeuralForm.Perceptron);
    }

    [Fact]
    public async Task A_worker_that_fails_in_the_middle_of_an_epoch_costs_a_new_start_and_no_bit()
    {
        int failures = 0;
        PartitionWorkFactory works = (spec, partition, node) => partition.Side == Side.User
            ? new FailingWorker(spec, partition, node, clock => partition.Index == 1 && clock == 3 && Interlocked.Increment(ref failures) == 2)
            : PartitionWorks.Create(spec, partition, node);
        TrainingSettings settings = Settings(NeuralForm.Perceptron, OptimizerKind.Adam) with { Epochs = 3 };

        TrainingOutcome outcome = await TrainingSession.RunAsync(
            Planted.Small, settings, new SessionOptions(), new SessionParts { Works = works }, null, CancellationToken.None);

        outcome.State.ShouldBe(JobState.Completed);
        failures.ShouldBeGreaterThan(1);
        ModelHash.Compute(outcome.Model!).ShouldBe(ModelHash.Compute((await RunAsync(settings)).Model!));
    }

    [Fact]
    public async Task A_descent_that_diverges_goes_on_from_the_best_epoch_with_half_the_rate()
    {
        TrainingSettings settings = Settings(NeuralForm.Perceptron, OptimizerKind.Sgd);
        TrainingOutcome outcome = await RunAsync(settings with { Model = (NeuralOptions)settings.Model with { LearningRate = 20 }, Epochs = 10 });

        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        FiniteCheck.Verify(outcome.Model!);
        outcome.Epochs[^1].LearningRate.ShouldBeLessThan(10);
    }

    [Fact]
    public async Task What_would_have_no_effect_is_refused()
    {
        ConsistencyModel.TryParse("ssp:1", out ConsistencyModel stale).ShouldBeTrue();
        (await Should.ThrowAsync<InputException>(() => RunAsync(Settings(NeuralForm.Perceptron, OptimizerKind.Adam) with { Consistency = stale }))).Message
            .ShouldContain("--consistency: expected bsp, since a step follows from the gradients of all workers, found another; leave it out");
        (await Should.ThrowAsync<InputException>(() => RunAsync(new() { Model = NeuralOptions.For(NeuralForm.Perceptron) with { Layers = "8192-8192-8192" } }))).Message
            .ShouldContain("--layers: expected at most 67,108,864 weights between them, found 134,504,448; lower the widths");
        NeuralOptions plain = NeuralOptions.For(NeuralForm.MatrixFactorization);
        plain.WhyUnused("layers").ShouldBe("neumf-mf has no layers");
        plain.WhyUnused("clocks").ShouldBe("--batch-size says how often steps are taken");
    }

    private static TrainingSettings Settings(NeuralForm form, OptimizerKind optimizer)
    {
        NeuralOptions options = NeuralOptions.For(form) with { Rank = 6, Layers = "20-7", BatchSize = 100, Optimizer = optimizer, LearningRate = 0.01f, Regularization = 0.05f };
        return new()
        {
            Model = optimizer == OptimizerKind.Sgd ? options with { LearningRate = 0.1f, LearningRateDecay = 1, InitialScale = 1 } : options, Patience = 0, Partitions = 2, Threads = 2,
        };
    }

    private static Task<TrainingOutcome> RunAsync(TrainingSettings settings) => TrainingSession.RunAsync(Planted.Small, settings, new SessionOptions());

    private sealed class FailingWorker(JobSpec spec, PartitionId partition, NodeResources node, Func<int, bool> fails) : ParameterWorkerWork(spec, partition, node)
    {
        protected override double Descend(RunRound command, int clock) =>
            fails(clock) ? throw new InvalidOperationException("the disk is on fire") : base.Descend(command, clock);
    }
}
