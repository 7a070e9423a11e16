using DistRec.Models.Neural;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Work;

/// <summary>
/// A shard of the parameter server that takes steps itself: workers push gradients, and what the optimizer keeps of a row never leaves
/// it. A clock is a mini-batch.
/// </summary>
internal sealed class GradientServerWork(JobSpec spec, PartitionId partition, NodeResources node)
    : ParameterServerWork(spec, partition, node)
{
    private GradientTable? _gradients;

    private NeuralOptions Options => (NeuralOptions)Spec.Options;

    protected override int PulledWidth => Options.Rank;

    public override Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken)
    {
        if (round.Command.Kind == RoundKind.Epoch)
        {
            // Anew, since an epoch that was abandoned may have left some.
            int first = Spec.BlockStarts[Index];
            _gradients = new GradientTable(Options, first, Spec.BlockStarts[Index + 1] - first, JobSpecs.ItemsOf(Spec));
        }

        return base.RunAsync(round, cancellationToken);
    }

    protected override async Task<Action<FactorBlock>> PullAsync(
        RoundInput round, int clock, int worker, CancellationToken cancellationToken)
    {
        GradientTable gradients = _gradients!;
        GradientRows pushed = await PullAsync(round, clock, worker, GradientRows.Reader.Instance, cancellationToken).ConfigureAwait(false);
        return _ => gradients.Add(pushed);
    }

    protected override void EndClock(RunRound command, FactorBlock rows) => _gradients!.Step(rows, command.LearningRate);
}
